/** Whom money protects next: by a policy that is published, for workers whose cover ends, and for those a donor renews. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provenBalances } from './support/books.ts';
import type { Cover, PledgeAnswer, ProblemDocument } from './support/contract.ts';
import { newPayment, notify } from './support/midtrans.ts';
import { importRoster, people, person, roster } from './support/roster.ts';
import { describeEmbedded, type System, startSystem } from './support/system.ts';
import { at } from './support/wib.ts';

const TERM_RUPIAH = 50_400;
const POLICY = {
  version: '2027-half',
  effectiveFrom: '2027-06-01',
  shares: { continuity: 50, newStarts: 50 },
  continuityWindowDays: 30,
  priorityGroups: ['disability'],
  donatedTermsCap: null,
};
type Quote = PledgeAnswer & { readonly receiptPath: string };
interface SeenPolicy {
  readonly version: string;
  readonly state: string;
}

describeEmbedded('renewal by donors under a published policy', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ now: at('2027-05-10', '08:00') });
    await importRoster(system, roster(people(1, 2)));
    await system.settle();
  });
  afterAll(() => system.stop());

  const publish = (changes: object) =>
    system.operate<ProblemDocument>('POST', '/api/policies', { ...POLICY, ...changes });
  const policies = async () => (await system.must<{ items: SeenPolicy[] }>('GET', '/policies')).items;

  async function pay(amountRupiah: number, orderId?: string): Promise<Cover[]> {
    const payment = newPayment(amountRupiah, await system.nowMilliseconds(), orderId === undefined ? {} : { orderId });
    expect((await notify(system, payment, 'settlement')).status).toBe(200);
    await system.settle();
    const { donationId } = await system.donationOf('midtrans', payment.transactionId);
    return system.covers({ donationId });
  }
  async function promise(document: object): Promise<Quote> {
    const { status, body } = await system.pledge<Quote>({ donor: { kind: 'individual' }, ...document });
    expect({ status, body }).toMatchObject({ status: 201 });
    return body;
  }
  const decisionOn = async ({ coverId }: Cover) =>
    (await system.must<{ decision: object }>('GET', `/api/covers/${coverId}`)).decision;

  it('refuses a policy whose shares do not sum, that reaches into the past, or that is published already', async () => {
    const wrong = await publish({ shares: { continuity: 50, newStarts: 40 } });
    expect(wrong).toMatchObject({ status: 422, body: { reason: 'policy_shares', errors: [{ field: 'shares' }] } });
    expect(await publish({ effectiveFrom: '2027-05-09' })).toMatchObject({
      status: 422,
      body: { reason: 'policy_past' },
    });
    expect(await publish({ priorityGroups: ['friends'] })).toMatchObject({ status: 400 });
    expect(await publish({})).toMatchObject({ status: 201, body: POLICY });
    expect(await publish({})).toMatchObject({ status: 409, body: { reason: 'policy_published' } });
    const unknown = await system.request('POST', '/api/policies', { body: JSON.stringify(POLICY) });
    expect(unknown.status).toBe(401);
    expect(await policies()).toMatchObject([{ state: 'in_force' }, { version: '2027-half', state: 'announced' }]);
  });

  it('decides by it from its day on, and says of every cover by which rule and rank', async () => {
    const first = await pay(2 * TERM_RUPIAH);
    expect(await decisionOn(first[0]!)).toMatchObject({
      reason: 'oldest_waiting',
      policyVersion: '2026-11-continuity-30',
    });
    await importRoster(system, roster(people(11, 2)));
    await system.advanceTo(at('2027-07-15', '10:00'));
    expect(await policies()).toMatchObject([{ state: 'past' }, { version: '2027-half', state: 'in_force' }]);
    const bought = await pay(2 * TERM_RUPIAH);
    const decisions = await Promise.all(bought.map(decisionOn));
    expect(decisions).toContainEqual(
      expect.objectContaining({ reason: 'continuity', policyVersion: '2027-half', rank: 2 }),
    );
    expect(decisions).toContainEqual(expect.objectContaining({ reason: 'oldest_waiting', rank: 1, coversBefore: 2 }));
    await system.advanceBy('PT15M');
    const renewed = bought.find(({ workerId }) => first.some((cover) => cover.workerId === workerId))!;
    expect(await system.cover(renewed.coverId)).toMatchObject({ startDate: '2027-08-10', endDate: '2027-11-10' });
    const before = first.find(({ workerId }) => workerId === renewed.workerId)!;
    expect(await system.cover(before.coverId)).toMatchObject({ state: 'renewed' });
  });

  it('covers the workers of a gift again for whoever shows its receipt, from the end of their cover', async () => {
    await importRoster(system, roster([person(21, { region: '36.01' })]));
    const gift = await promise({ workers: 1, earmark: { region: '36.01' } });
    const [theirs] = await pay(gift.amountRupiah, gift.orderReference);
    await system.advanceBy('PT15M');
    const token = gift.receiptPath.split('/').at(-1);
    const renewal = await promise({ workers: 2, renewalOf: token });
    const covers = await pay(renewal.amountRupiah, renewal.orderReference);
    expect(covers.map(({ workerId }) => workerId)).toEqual([theirs!.workerId]);
    expect(await decisionOn(covers[0]!)).toMatchObject({ reason: 'renewed_by_donor' });
    await system.advanceBy('PT15M');
    expect(await system.cover(covers[0]!.coverId)).toMatchObject({ startDate: '2027-10-15', endDate: '2028-01-15' });
    const refused = await system.pledge<ProblemDocument>({
      donor: { kind: 'individual' },
      workers: 1,
      renewalOf: 'GNL-0',
    });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'renewalOf' }] } });
  });

  it('takes no promise for a worker who had as many donated terms as the policy allows', async () => {
    const [worker] = await system.workers({ state: 'covered' });
    const capped = { version: '2027-one-term', effectiveFrom: '2027-07-16', donatedTermsCap: 1 };
    expect(await publish(capped)).toMatchObject({ status: 201 });
    await system.advanceTo(at('2027-07-16', '08:00'));
    const earmark = { workers: [worker!.workerId] };
    const donor = { kind: 'individual' };
    const refused = await system.pledge<ProblemDocument>({ donor, workers: 1, earmark });
    expect(refused).toMatchObject({ status: 400, body: { reason: 'term_cap_reached' } });
    expect((await system.pledge({ donor, workers: 1, earmark: { ...earmark, mode: 'soft' } })).status).toBe(201);
  });

  it('lists money whose earmark expired and whose donor wants it back, and buys nothing with it', async () => {
    const earmark = { region: '99.01', expiresOn: '2027-07-17', fallback: 'return' };
    const gift = await promise({ workers: 1, earmark });
    expect(await pay(gift.amountRupiah, gift.orderReference)).toEqual([]);
    expect(await system.list('/api/owed-back')).toEqual([]);
    await system.advanceTo(at('2027-07-17', '10:00'));
    expect(await system.list('/api/owed-back')).toMatchObject([
      { orderReference: gift.orderReference, remainingRupiah: gift.amountRupiah, reason: 'earmark_expired' },
    ]);
    await provenBalances(system);
  });

  it.each([
    ['earmark.expiresOn', { expiresOn: '2027-01-01' }],
    ['earmark.expiresOn', { expiresOn: '2029-01-01', mode: 'soft' }],
    ['earmark.fallback', { fallback: 'widen' }],
    ['earmark.mode', { mode: 'firm' }],
  ])('refuses an earmark with a %s that cannot be: %o', async (field, earmark) => {
    const { status, body } = await system.pledge<ProblemDocument>({
      donor: { kind: 'individual' },
      workers: 1,
      earmark,
    });
    expect(status).toBe(400);
    expect(body.errors?.map((each) => each.field)).toContain(field);
  });
});
