/** Gateways change to new secrets in the middle of a burst: neither the last signed with the old nor the first with the new is refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { provenAccounts } from '../acceptance/support/books.ts';
import type { Answer } from '../acceptance/support/client.ts';
import { newPayment, postMidtrans, SERVER_KEY, signed, statusOf } from '../acceptance/support/midtrans.ts';
import { giftDocument, newGift, PARTNER_SECRETS, partnerHeaders, postPartner } from '../acceptance/support/partner.ts';
import { CONFIGURATION, describeEmbedded, type System } from '../acceptance/support/system.ts';
import { Systems } from './support/start.ts';

const OLD = { serverKey: SERVER_KEY, partnerSecret: PARTNER_SECRETS.kitabisa } as const;
const NEW = {
  serverKey: 'SB-Mid-server-FAKE-acceptance-new',
  partnerSecret: `whsec_${Buffer.from('FAKE-acceptance-only-kitabisa-02').toString('base64')}`,
} as const;
type Secrets = Readonly<Record<keyof typeof OLD, string>>;

const AMOUNT_RUPIAH = 20_000;
const EACH = 20;
/** A function asks for secrets again when one does not fit, but not more often than that. */
const SHORTEST_REFETCH_MILLISECONDS = 30_000;

const configurationWith = (...secrets: readonly Secrets[]) => ({
  gateways: {
    midtrans: { serverKeys: secrets.map(({ serverKey }) => serverKey), statusApi: null },
    partner: { kitabisa: { secrets: secrets.map(({ partnerSecret }) => partnerSecret) } },
  },
});

function saveConfiguration({ folder }: System, ...secrets: readonly Secrets[]): void {
  const whole = { ...CONFIGURATION, ...configurationWith(...secrets) };
  writeFileSync(join(folder, 'configuration.json'), JSON.stringify(whole));
}

/** As many new gifts through each gateway, all at once. */
async function burst(system: System, { serverKey, partnerSecret }: Secrets): Promise<Answer[]> {
  const now = await system.nowMilliseconds();
  const viaMidtrans = Array.from({ length: EACH }, () =>
    postMidtrans(system, JSON.stringify(signed(statusOf(newPayment(AMOUNT_RUPIAH, now), 'settlement'), serverKey))),
  );
  const viaPartner = Array.from({ length: EACH }, () => {
    const body = JSON.stringify(giftDocument(newGift(AMOUNT_RUPIAH, now), 'paid'));
    return postPartner(system, body, partnerHeaders(body, { sentMilliseconds: now, secret: partnerSecret }));
  });
  return Promise.all([...viaMidtrans, ...viaPartner]);
}

const statuses = (answers: readonly Answer[]) => [...new Set(answers.map(({ status }) => status))];

describeEmbedded('secrets rotated in the middle of a burst', () => {
  it('are both accepted until the old one is removed, then the old one is refused with its reason', async () => {
    const systems = new Systems({ configuration: configurationWith(OLD) });
    const system = await systems.start();
    expect(statuses(await burst(system, OLD))).toEqual([200]);
    await sleep(SHORTEST_REFETCH_MILLISECONDS + 500);

    saveConfiguration(system, NEW, OLD);
    const [first, second] = await Promise.all([burst(system, OLD), burst(system, NEW)]);
    expect(statuses([...first, ...second])).toEqual([200]);
    expect(statuses(await burst(system, OLD))).toEqual([200]);
    expect(system.stderr()).toContain('previous secret used');
    await system.settle();
    const booked = 4 * EACH * AMOUNT_RUPIAH;
    expect(await provenAccounts(system)).toEqual({
      'fund:general': 2 * booked,
      'gateway:midtrans': -booked,
      'gateway:partner:kitabisa': -booked,
    });

    // What runs may go on with both for five minutes; what starts now knows only the new one.
    const later = await systems.start({}, { configuration: configurationWith(NEW) });
    expect(statuses(await burst(later, NEW))).toEqual([200]);
    const refused = await burst(later, OLD);
    for (const answer of refused) expect(answer).toMatchObject({ status: 401, body: { reason: 'signature_mismatch' } });
    await later.settle();
    const afterwards = booked + EACH * AMOUNT_RUPIAH;
    expect(await provenAccounts(later)).toEqual({
      'fund:general': 2 * afterwards,
      'gateway:midtrans': -afterwards,
      'gateway:partner:kitabisa': -afterwards,
    });
  }, 120_000);
});
