/** Donors are told once for each month in which cover of theirs ends, over the rows the system itself wrote. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DigestDonorsDependencies, digestDonors } from '../../../functions/digest-donors/digest-donors.ts';
import { dependencies } from '../../../functions/digest-donors/handler.ts';
import type { DonorId } from '../../../shared/domain/donor.ts';
import { type GiftPurpose, unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { PledgeId } from '../../../shared/domain/ids.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { Transient } from '../../../shared/errors.ts';
import { SILENT_METER } from '../../../shared/logger.ts';
import type { OutgoingMessage, SendOutcome } from '../../../shared/ports/messaging.ts';
import { type DonorPerson, Donors } from '../../../shared/store/donors.ts';
import { putPledge } from '../../../shared/store/pledges.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';
import { memoryVaultKeys } from '../store/memory-vault-keys.ts';

/** From November on: two months at half the tariff, one at all of it. */
const TERM_RUPIAH = 33_600;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const wib = (day: string, hour = '10:00') => Date.parse(`${day}T${hour}:00+07:00`);

let system: TestSystem;
let donors: Donors;
let messages: OutgoingMessage[];
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => {
  system.newWorld();
  donors = new Donors({
    keys: memoryVaultKeys(),
    identityKey: async () => Buffer.alloc(32, 7),
    now: () => system.now(),
  });
  messages = [];
});

const COMPANY: DonorPerson = { kind: 'corporate', email: 'csr@wijaya.example', language: 'en' };

/** A promise with a donor behind it, paid for so many workers. */
async function gift(reference: string, donorId: DonorId | null, workers: number, purpose: Partial<GiftPurpose> = {}) {
  await putPledge({
    pledgeId: `plg_${reference}` as PledgeId,
    orderReference: reference,
    receiptToken: `token-${reference}`,
    donorId,
    donorKind: 'corporate',
    anonymous: false,
    language: 'id',
    channel: 'bank',
    amountRupiah: rupiah(TERM_RUPIAH * workers),
    workers,
    descriptor: { ...unrestrictedFund('csr'), ...purpose },
    renewalOf: null,
    createdAt: system.now(),
    expiresAt: system.now(),
  });
  await give(system, { paymentId: reference, amount: TERM_RUPIAH * workers, orderReference: reference });
  await system.drain();
}

const sentBefore = (key: string): SendOutcome | null =>
  messages.some((message) => message.key === key) ? { outcome: 'sent', providerReference: key } : null;

function run(changes: Partial<DigestDonorsDependencies> = {}) {
  return digestDonors({
    ...dependencies,
    readDonor: (donorId) => donors.readDonor(donorId),
    messaging: {
      async send(message) {
        messages.push(message);
        return { outcome: 'sent', providerReference: message.key };
      },
      find: async (key) => sentBefore(key),
    },
    suppressedOn: async () => new Map(),
    publicUrl: () => 'https://lingkaran.example',
    log: SILENT,
    meter: SILENT_METER,
    ...changes,
  });
}
const digests = () => system.rows('digest') as { state: string; reason?: string; endMonth: string; workers: number }[];

describe('a donor', () => {
  beforeEach(async () => {
    await addWorkers(
      system,
      Array.from({ length: 12 }, () => ({})),
    );
    await gift('GNL-1', await donors.keepDonor(COMPANY), 8);
  });

  it('is told from thirty days before the month, once for ever', async () => {
    system.setClock(wib('2027-01-01'));
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 0, settled: 0 });
    system.setClock(wib('2027-01-02'));
    expect(await run()).toEqual({ sent: 1, failed: 0, skipped: 0, settled: 0 });
    for (const day of ['2027-01-02', '2027-01-03', '2027-02-28', '2027-03-01', '2027-04-01']) {
      system.setClock(wib(day));
      expect(await run()).toMatchObject({ sent: 0, failed: 0, skipped: 0 });
    }
    expect(messages).toHaveLength(1);
    expect(digests()).toMatchObject([{ state: 'sent', endMonth: '2027-02', workers: 8 }]);
  });

  it('is told of a month whose cover comes to it late, and its covers are read again only then', async () => {
    system.setClock(wib('2027-01-15'));
    expect(await run()).toMatchObject({ sent: 1 });
    const reads: string[] = [];
    const coversOfShard: DigestDonorsDependencies['coversOfShard'] = (cohortId, ...rest) => {
      reads.push(cohortId);
      return dependencies.coversOfShard(cohortId, ...rest);
    };
    expect(await run({ coversOfShard })).toMatchObject({ sent: 0 });
    expect(reads).toEqual([]);
    system.setClock(wib('2027-01-20'));
    await gift('GNL-2', await donors.keepDonor({ email: 'lain@derma.example' }), 1, { termMonths: 1 });
    system.setClock(wib('2027-01-21'));
    expect(await run({ coversOfShard })).toMatchObject({ sent: 1, settled: 1 });
    expect(reads.length).toBeGreaterThan(0);
    expect(messages.map(({ to }) => to)).toEqual(['csr@wijaya.example', 'lain@derma.example']);
  });

  it('reads how many, until when, what going on costs each month, and where, in the own language', async () => {
    system.setClock(wib('2027-01-15'));
    await run();
    const [message] = messages;
    expect(message).toMatchObject({ channel: 'email', to: 'csr@wijaya.example', language: 'en' });
    expect(message?.subject).toBe('Cover from your gift ends in February 2027');
    expect(message?.text).toContain('covers 8 workers whose last day of cover is 19 February 2027');
    expect(message?.text).toContain('- February 2027: Rp134.400\n- March 2027: Rp134.400\n- April 2027: Rp134.400');
    expect(message?.text).toContain('Renew 8 workers: https://lingkaran.example/renew/token-GNL-1');
    for (const { workerId } of system.rows('worker') as { workerId: string }[])
      expect(JSON.stringify(message)).not.toContain(workerId);
  });

  it('hears of all workers in one message, whoever paid with them', async () => {
    await gift('GNL-2', await donors.keepDonor(COMPANY), 2);
    await gift('GNL-3', await donors.keepDonor({ phone: '081234567890' }), 2);
    system.setClock(wib('2027-01-15'));
    expect(await run()).toMatchObject({ sent: 2 });
    const [first, second] = [...messages].sort((a, b) => (a.channel < b.channel ? -1 : 1));
    expect(first?.text).toContain('covers 10 workers');
    expect(first?.text).toMatch(/Renew 8 workers: .*token-GNL-1\nRenew fewer than five workers: .*token-GNL-2/);
    expect(second).toMatchObject({ channel: 'sms', to: '+6281234567890', language: 'id' });
    expect(second?.text).toContain('melindungi kurang dari lima pekerja');
    expect(second?.text).not.toMatch(/\b2 pekerja/);
  });

  it('does not hear of workers who are renewed, or who died', async () => {
    const [renewed, dead] = system.rows('cover').slice(0, 2);
    system.table.put({ ...renewed!, renewedBy: 'cov_x_2' });
    const row = system.rows('worker').find(({ workerId }) => workerId === dead?.workerId);
    system.table.put({ ...row!, state: 'deceased' });
    system.setClock(wib('2027-01-15'));
    await run();
    expect(messages[0]?.text).toContain('covers 6 workers');
  });

  it('is not told after the month has passed, and that is noted', async () => {
    system.setClock(wib('2027-03-01'));
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 1, settled: 0 });
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 0, settled: 0 });
    expect(messages).toEqual([]);
    expect(digests()).toMatchObject([{ state: 'skipped', reason: 'digest_stale' }]);
  });

  it('whom nobody can reach any more is noted and not told', async () => {
    system.setClock(wib('2027-01-15'));
    expect(await run({ readDonor: async () => null })).toMatchObject({ sent: 0, skipped: 1 });
    expect(digests()).toMatchObject([{ state: 'skipped', reason: 'no_contact' }]);
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 0, settled: 0 });
  });

  it('who asked us to stop is noted and not told', async () => {
    system.setClock(wib('2027-01-15'));
    const stopped = async ([contact]: readonly string[]) => new Map([[contact as string, new Set(['email'] as const)]]);
    expect(await run({ suppressedOn: stopped })).toMatchObject({ sent: 0, skipped: 1 });
    expect(messages).toEqual([]);
    expect(digests()).toMatchObject([{ state: 'skipped', reason: 'suppressed' }]);
  });

  it('whom the provider refuses is noted with the reason and not told again', async () => {
    system.setClock(wib('2027-01-15'));
    const refuses = {
      find: async () => null,
      send: async () => ({ outcome: 'failed', reason: 'delivery_failed' }) as const,
    };
    expect(await run({ messaging: refuses })).toMatchObject({ failed: 1 });
    expect(digests()).toMatchObject([{ state: 'failed', reason: 'delivery_failed' }]);
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 0, settled: 0 });
  });

  it('is told once though the run died before, or after, the message went out', async () => {
    system.setClock(wib('2027-01-15'));
    const down = { find: async () => null, send: () => Promise.reject(new Transient('unexpected_failure')) };
    await expect(run({ messaging: down })).rejects.toThrow(Transient);
    expect(digests()).toMatchObject([{ state: 'claimed' }]);
    const crash = { settleDigest: () => Promise.reject(new Transient('throttled')) };
    await expect(run(crash)).rejects.toThrow(Transient);
    expect(messages).toHaveLength(1);
    expect(await run()).toMatchObject({ sent: 1 });
    expect(messages).toHaveLength(1);
    expect(digests()).toMatchObject([{ state: 'sent' }]);
  });
});

describe('nobody', () => {
  it('is told of gifts without a contact, of what workers pay alone, or of cover that goes on for long', async () => {
    await addWorkers(
      system,
      Array.from({ length: 4 }, () => ({})),
    );
    const company = await donors.keepDonor(COMPANY);
    await gift('GNL-1', null, 1);
    // A year costs less than six terms bought now.
    await gift('GNL-2', company, 6, { termMonths: 12 });
    await gift('GNL-3', company, 1);
    const own = system.rows('donation').find(({ orderReference }) => orderReference === 'GNL-3');
    const alone = system.rows('cover').find((cover) => JSON.stringify(cover).includes(own?.donationId as string));
    system.table.put({ ...alone!, fundId: 'self-0123456789' });
    const paid = [...system.rows('cover')].map(({ termMonths }) => termMonths).sort();
    expect(paid).toEqual([12, 3, 3]);
    system.setClock(wib('2027-01-15'));
    expect(await run()).toEqual({ sent: 0, failed: 0, skipped: 0, settled: 0 });
    expect(digests()).toEqual([]);
  });
});

describe('a gift without a pledge', () => {
  it('is told of without a link', async () => {
    await addWorkers(system, [{}]);
    const donorId = (await donors.keepDonor(COMPANY)) as DonorId;
    await give(system, { paymentId: 'p1', amount: TERM_RUPIAH });
    await system.drain();
    const [donation] = system.rows('donation');
    system.table.put({ ...donation!, donorId });
    system.setClock(wib('2027-01-15'));
    expect(await run({ publicUrl: () => null })).toMatchObject({ sent: 1 });
    expect(messages[0]?.text).toContain('For fewer than five workers covered by gifts without an invoice');
    expect(messages[0]?.text).not.toContain('/renew/');
  });
});

describe('one donor who cannot be told now', () => {
  it('keeps no other back', async () => {
    await addWorkers(
      system,
      Array.from({ length: 4 }, () => ({})),
    );
    await gift('GNL-1', await donors.keepDonor(COMPANY), 2);
    await gift('GNL-2', await donors.keepDonor({ email: 'lain@derma.example' }), 2);
    system.setClock(wib('2027-01-15'));
    const refusesOne: DigestDonorsDependencies['messaging'] = {
      find: async () => null,
      async send(message) {
        if (message.to.startsWith('csr')) throw new Transient('throttled');
        messages.push(message);
        return { outcome: 'sent', providerReference: '' };
      },
    };
    await expect(run({ messaging: refusesOne })).rejects.toThrow(Transient);
    expect(messages.map(({ to }) => to)).toEqual(['lain@derma.example']);
    expect(await run()).toMatchObject({ sent: 1, settled: 1 });
  });
});
