import { donorMessaging } from '../../shared/adapters/donor-messaging.ts';
import { suppressedOn } from '../../shared/adapters/suppressions.ts';
import { donors } from '../../shared/adapters/vault.ts';
import { now } from '../../shared/clock.ts';
import { loggerFor, meterFor } from '../../shared/logger.ts';
import { scheduleHandler } from '../../shared/middleware/schedule.ts';
import { publicUrl } from '../../shared/settings.ts';
import { listCohorts } from '../../shared/store/cohorts.ts';
import { coversOfShard } from '../../shared/store/covers.ts';
import { claimDigest, noteTold, renewableCovers, settleDigest, toldMonths } from '../../shared/store/digests.ts';
import { readDonations } from '../../shared/store/donations.ts';
import { readPledges } from '../../shared/store/pledges.ts';
import { tariffInForce } from '../../shared/tariff-in-force.ts';
import { type DigestDonorsDependencies, digestDonors } from './digest-donors.ts';

const log = loggerFor('digest-donors');

/** Open to tests, so that a messenger can misbehave. */
export const dependencies: DigestDonorsDependencies = {
  now,
  listCohorts,
  coversOfShard,
  renewableCovers,
  readDonations: async (ids) =>
    new Map([...(await readDonations(ids))].map(([donationId, { donation }]) => [donationId, donation])),
  readPledges,
  tariffInForce,
  toldMonths,
  noteTold,
  claimDigest,
  settleDigest,
  readDonor: (donorId) => donors.readDonor(donorId),
  suppressedOn,
  messaging: donorMessaging(now),
  publicUrl,
  log,
  meter: meterFor('digest-donors'),
};

export const handler = scheduleHandler({ handle: () => digestDonors(dependencies), log });
