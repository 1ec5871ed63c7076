import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { Status, type StubSystem, startStub } from './stub-system.ts';

const ORDER = {
  orderReference: 'GNS-20270215-0A1B2C3D4E',
  months: 3,
  amountRupiah: 50_400,
  expiresAt: '2027-02-22T03:00:00.000Z',
  instruction: {
    kind: 'virtual_account',
    method: 'bri',
    accountNumber: '12888000001',
    payUntil: '2027-02-22T03:00:00.000Z',
  },
};
const OFFER = {
  months: 3,
  tariff: [{ month: '2027-03', priceRupiah: 16_800 }],
  priceRupiah: 50_400,
  creditRupiah: 0,
  dueRupiah: 50_400,
  refusal: null,
};
const GIFTS = {
  'GET /local/sandbox/midtrans/v2/GNS-1/status': { order_id: 'GNS-1', gross_amount: '16800.00' },
  'POST /local/sandbox/midtrans': new Status(201, { path: '/v2/x/status' }),
  'POST /webhooks/midtrans': { received: true },
};

let system: StubSystem;
beforeAll(async () => {
  system = await startStub({
    'GET /local/clock': { now: '2027-02-15T10:00:00+07:00' },
    'GET /api/covers/cov_a_1': { payPath: '/pay/token-1' },
    'GET /pay/token-1': { refusal: null, endDate: '2027-03-01', from: '2027-03-01', offers: [OFFER], orders: [ORDER] },
    'POST /pay/token-1': new Status(201, ORDER),
    'GET /api/covers/cov_b_1': { payPath: '/pay/token-2' },
    'GET /pay/token-2': { refusal: { reason: 'cover_renewed', coveredUntil: '2027-06-01' }, offers: [], orders: [] },
    ...GIFTS,
  });
});
afterAll(() => system.close());

const lingkaran = (...argv: string[]) => run([...argv, '--url', system.url, '--token', 'operator']);

describe('lingkaran self-pay', () => {
  it('shows what going on costs and what waits to be paid', async () => {
    const { exitCode, out } = await lingkaran('self-pay', 'cov_a_1');
    expect(exitCode).toBe(0);
    for (const said of ['goes on from 2027-03-01', '2027-03', 'GNS-20270215-0A1B2C3D4E', 'bri 12888000001'])
      expect(out).toContain(said);
  });

  it('orders so many months', async () => {
    const { exitCode, out } = await lingkaran('self-pay', 'cov_a_1', '--months', '3', '--via', 'bri', '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([0, ORDER]);
    expect(JSON.parse(system.asked.at(-1)?.body ?? '')).toEqual({ months: 3, via: 'bri' });
  });

  it('says why there is nothing to pay', async () => {
    expect((await lingkaran('self-pay', 'cov_b_1')).out).toBe('nothing to pay: cover_renewed, ends 2027-06-01');
  });

  it('of a cover nobody knows ends with 4, by a way nobody knows with 2', async () => {
    expect((await lingkaran('self-pay', 'cov_c_1')).exitCode).toBe(4);
    expect((await lingkaran('self-pay', 'cov_a_1', '--months', '3', '--via', 'gold')).exitCode).toBe(2);
  });
});

describe('lingkaran trigger midtrans paid --order', () => {
  const paidWith = async (...argv: string[]) => {
    await lingkaran('trigger', 'midtrans', 'paid', ...argv);
    const paid = system.asked.findLast(({ path }) => path === '/webhooks/midtrans');
    return (JSON.parse(paid?.body ?? '{}') as { gross_amount?: string }).gross_amount;
  };

  it('pays what the sandbox was asked to take for it, unless an amount is given', async () => {
    expect(await paidWith('--order', 'GNS-1')).toBe('16800.00');
    expect(await paidWith('--order', 'GNS-1', '--amount', '10000')).toBe('10000.00');
    expect(await paidWith('--order', 'GNS-2')).toBe('50400.00');
  });
});
