/** Receipts from the operators' API to the books: two people for each, and booked once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operatorsSchema } from '../../../functions/serve-operators/operators.ts';
import { type OperatorsDependencies, operatorsApp } from '../../../functions/serve-operators/serve-operators.ts';
import { intakeSealing } from '../../../shared/adapters/sealing.ts';
import { operatorIdOf } from '../../../shared/domain/cash-receipt.ts';
import { problemOf } from '../../../shared/problem.ts';
import { readReceipts } from '../../../shared/statements/receipts-csv.ts';
import { enterReceiptLines } from '../../../shared/store/receipts.ts';
import { pledge, send } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

const TOKENS = {
  rina: 'token-of-rina-0001',
  rinaNew: 'token-of-rina-0002',
  budi: 'token-of-budi-0001',
  tono: 'token-of-tono-0001',
  bare: 'token-of-nobody-01',
  other: 'token-of-nobody-02',
};
let operators: { people: { name: string; token: string }[]; tokens?: string[] } = { people: [] };
/** Added to the secret, and not heard of yet by who read it before. */
let added: { name: string; token: string }[] = [];
let queueFails = false;
let system: TestSystem;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => {
  system.newWorld();
  queueFails = false;
  added = [];
  operators = {
    people: [
      { name: 'Rina', token: TOKENS.rina },
      { name: 'Budi', token: TOKENS.budi },
      { name: 'Tono', token: TOKENS.tono },
    ],
    tokens: [TOKENS.bare, TOKENS.other],
  };
});

/** What receipts need of it. */
const dependencies: Partial<OperatorsDependencies> = {
  now: () => system.now(),
  operators: async ({ fresh } = { fresh: false }) =>
    operatorsSchema.parse(fresh ? { ...operators, people: [...operators.people, ...added] } : operators),
  importing: {
    now: () => system.now(),
    seal: intakeSealing.seal,
    putImport: async () => {},
    sendImports: async () => {},
  },
  queues: { list: async () => [], redrive: async (name) => ({ name, messages: 0 }) },
  sendBack: async () => {},
  sealing: intakeSealing,
  files: { put: async () => {}, uploadUrl: async () => '' },
  async sendPayment(message) {
    if (queueFails) throw new Error('the queue is away');
    send(system, message);
  },
};
const app = operatorsApp(dependencies as OperatorsDependencies);
app.onError((error) => {
  const problem = problemOf(error);
  return new Response(JSON.stringify(problem), { status: problem.status });
});

type Who = keyof typeof TOKENS;
async function ask(who: Who, method: string, path: string, document?: object) {
  const headers = { authorization: `Bearer ${TOKENS[who]}` };
  const answer = await app.request(`/api/${path}`, {
    method,
    headers,
    ...(document ? { body: JSON.stringify(document) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const PAPER = { office: 'surakarta', number: 'KW-1', receivedOn: '2026-11-20', amountRupiah: 60_000 };
const enter = (who: Who, changes: object = {}) => ask(who, 'POST', 'receipts', { ...PAPER, ...changes });
const approve = (who: Who, number = 'KW-1') => ask(who, 'POST', `receipts/surakarta/${number}/approve`);
const reject = (who: Who, number = 'KW-1') =>
  ask(who, 'POST', `receipts/surakarta/${number}/reject`, { reason: 'money_missing' });
const gifts = () =>
  system
    .rows('donation')
    .map(({ gateway, paymentId, receivedRupiah, fundId }) => ({ gateway, paymentId, receivedRupiah, fundId }));

describe('a receipt', () => {
  it('is a draft until somebody else approves it, and then a gift', async () => {
    expect(await enter('rina')).toMatchObject({
      status: 201,
      body: { state: 'entered', enteredBy: operatorIdOf({ name: 'rina' }) },
    });
    await system.drain();
    expect(gifts()).toEqual([]);
    expect(await approve('budi')).toMatchObject({ status: 200, body: { state: 'approved' } });
    await system.drain();
    expect(gifts()).toEqual([
      { gateway: 'receipt:surakarta', paymentId: 'KW-1', receivedRupiah: 60_000, fundId: 'general' },
    ]);
    expect((await system.prove()).holds).toBe(true);
  });

  it('is not approved by its maker, with a new token neither', async () => {
    await enter('rina');
    operators = {
      people: [
        { name: 'rina', token: TOKENS.rinaNew },
        { name: 'Rina', token: TOKENS.rina },
      ],
    };
    for (const who of ['rina', 'rinaNew'] as const)
      expect(await approve(who)).toMatchObject({ status: 403, body: { reason: 'maker_is_checker' } });
    await system.drain();
    expect(gifts()).toEqual([]);
  });

  it('approved twice, even at once, is booked once', async () => {
    await enter('rina');
    const answers = await Promise.all([approve('budi'), approve('tono'), approve('budi')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await approve('tono');
    await system.drain({ atOnce: true });
    expect(gifts()).toHaveLength(1);
    expect(system.rows('ledger').filter(({ kind }) => kind === 'payment')).toHaveLength(1);
  });

  it('is decided by people, where people are named, and by another token where nobody is', async () => {
    await enter('rina');
    for (const decide of [approve, reject])
      expect(await decide('bare')).toMatchObject({ status: 403, body: { reason: 'not_allowed' } });
    operators = { people: [], tokens: [TOKENS.bare, TOKENS.other] };
    expect((await enter('bare', { number: 'KW-2' })).status).toBe(201);
    expect(await approve('bare', 'KW-2')).toMatchObject({ status: 403, body: { reason: 'maker_is_checker' } });
    expect((await approve('other', 'KW-2')).status).toBe(200);
    await system.drain();
    expect(gifts()).toMatchObject([{ paymentId: 'KW-2' }]);
  });

  it('rejected is never booked, and nobody is left in its row', async () => {
    await enter('rina', { donor: { name: 'Bu Sri' } });
    expect(await reject('budi')).toMatchObject({
      status: 200,
      body: { state: 'rejected', rejection: 'money_missing' },
    });
    expect(await approve('tono')).toMatchObject({ status: 409, body: { reason: 'receipt_decided' } });
    await system.drain();
    expect(gifts()).toEqual([]);
    expect(system.rows('cash_receipt')[0]).not.toHaveProperty('sealedBody');
  });

  it('has a number of its own in its office', async () => {
    await enter('rina');
    expect(await enter('budi', { number: 'kw/1', amountRupiah: 1 })).toMatchObject({
      status: 409,
      body: { reason: 'receipt_number_taken', errors: [{ field: 'number' }] },
    });
    expect(await enter('budi', { office: 'semarang' })).toMatchObject({ status: 201 });
  });

  it.each([
    ['receivedOn', { receivedOn: '2026-11-21' }],
    ['receivedOn', { receivedOn: '2026-02-30' }],
    ['amountRupiah', { amountRupiah: 0 }],
    ['channel', { channel: 'pigeon' }],
    ['orderReference', { orderReference: 'GNL-0' }],
    ['donor.phone', { donor: { phone: '12' } }],
    ['number', { number: 'a:b' }],
  ])('with a wrong %s is refused by name', async (field, changes) => {
    expect(await enter('rina', changes)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(system.rows('cash_receipt')).toEqual([]);
  });

  it('of zakat goes to zakat, and nothing else does', async () => {
    await pledge(system, 'GNL-ZAKAT', { fundClass: 'zakat' });
    await enter('rina', { fundClass: 'zakat' });
    await enter('rina', { number: 'KW-2', orderReference: 'GNL-ZAKAT' });
    await enter('rina', { number: 'KW-3' });
    expect(await enter('rina', { number: 'KW-4', orderReference: 'GNL-ZAKAT', fundClass: 'general' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'fundClass' }] },
    });
    for (const number of ['KW-1', 'KW-2', 'KW-3']) await approve('budi', number);
    await system.drain();
    expect(Object.fromEntries(gifts().map(({ paymentId, fundId }) => [paymentId, fundId]))).toEqual({
      'KW-1': 'zakat',
      'KW-2': 'zakat',
      'KW-3': 'general',
    });
  });

  it('approved when the queue was away is found by the sweeper, and booked once', async () => {
    await enter('rina');
    queueFails = true;
    expect((await approve('budi')).status).toBe(500);
    await system.sweep();
    await system.drain();
    expect(gifts()).toEqual([]);
    system.pass(1_000);
    await system.sweep();
    await system.sweep();
    await system.drain();
    expect(gifts()).toHaveLength(1);
    expect(system.rows('cash_receipt')[0]).not.toHaveProperty('sealedBody');
    expect(system.rows('cash_receipt')[0]).not.toHaveProperty('dueKey');
  });

  it('is listed by office and state, without its donor', async () => {
    await enter('rina', { donor: { name: 'Bu Sri' } });
    await enter('rina', { number: 'KW-2' });
    await reject('budi', 'KW-2');
    const { body } = await ask('rina', 'GET', 'receipts?office=surakarta&state=entered');
    expect(body.items).toMatchObject([{ number: 'KW-1' }]);
    expect(JSON.stringify(body)).not.toContain('Sri');
    expect((await ask('rina', 'GET', 'receipts/surakarta/KW-9')).status).toBe(404);
    expect(await ask('rina', 'GET', 'receipts/surakarta/kw-1')).toMatchObject({
      status: 200,
      body: { number: 'KW-1' },
    });
  });
});

describe('a file of receipts', () => {
  const FILE = 'number,received_on,amount\nKW-1,2026-11-19,60000\nKW-2,2026-11-19,70000\nKW-3,2026-11-30,5\n';
  async function load(fileId: string) {
    const lines = [];
    for await (const line of readReceipts('surakarta', [Buffer.from(FILE)])) if (line.ok) lines.push(line);
    const entering = { enteredBy: operatorIdOf({ name: 'Rina' }), at: system.now(), seal: intakeSealing.seal };
    return enterReceiptLines(lines, fileId, entering);
  }

  it('is drafts, each for another person to approve; bad lines are named', async () => {
    expect(await load('fil_1')).toEqual({
      entered: 2,
      faults: [{ line: 4, column: 'receivedOn', reason: 'field_invalid' }],
    });
    for (const number of ['KW-1', 'KW-2']) expect((await approve('rina', number)).status).toBe(403);
    for (const number of ['KW-1', 'KW-2']) expect((await approve('budi', number)).status).toBe(200);
    await system.drain();
    expect(
      gifts()
        .map(({ receivedRupiah }) => receivedRupiah)
        .sort(),
    ).toEqual([60_000, 70_000]);
  });

  it('delivered again comes to the same; another file finds its numbers taken', async () => {
    expect(await load('fil_1')).toEqual(await load('fil_1'));
    expect((await load('fil_2')).faults.map(({ reason }) => reason)).toEqual([
      'receipt_number_taken',
      'receipt_number_taken',
      'field_invalid',
    ]);
    expect(system.rows('cash_receipt')).toHaveLength(2);
  });
});

describe('an operator', () => {
  it('whose token was added a moment ago is known', async () => {
    expect((await ask('rinaNew', 'GET', 'receipts')).status).toBe(401);
    added = [{ name: 'Rina', token: TOKENS.rinaNew }];
    expect((await ask('rinaNew', 'GET', 'receipts')).status).toBe(200);
  });

  it('without a token of ours is nobody', async () => {
    const answer = await app.request('/api/receipts', { headers: { authorization: 'Bearer token-of-mallory-1' } });
    expect(answer.status).toBe(401);
  });

  it.each([
    {},
    { tokens: [], people: [] },
    { tokens: ['short'] },
    {
      people: [
        { name: 'A', token: TOKENS.rina },
        { name: 'B', token: TOKENS.rina },
      ],
    },
  ])('is not told by a secret such as %j', (secret) => {
    expect(operatorsSchema.safeParse(secret).success).toBe(false);
  });
});
