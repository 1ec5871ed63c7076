/** An office that brings several files at once, breaks off, contradicts itself and is late. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registrarApp } from '../../../functions/exchange-registrar/exchange-registrar.ts';
import { sendEnrolment } from '../../../shared/adapters/queues.ts';
import { intakeSealing } from '../../../shared/adapters/sealing.ts';
import type { CoverId } from '../../../shared/domain/ids.ts';
import { problemOf } from '../../../shared/problem.ts';
import { CardVault } from '../../../shared/store/registrar-cards.ts';
import { addWorkers, give } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';
import { memoryVaultKeys } from '../store/memory-vault-keys.ts';

const TOKEN = 'token-of-an-operator';
const TITLES = 'cover_id,outcome,start_date,accepted_at,reason,card_number';
const TERM_RUPIAH = 33_600;

let system: TestSystem;
let cards: CardVault;
let queueFails = false;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(async () => {
  queueFails = false;
  system.newWorld({ settings: { registrar: { kind: 'file' } } });
  cards = new CardVault({ keys: memoryVaultKeys(), now: () => system.now() });
  await addWorkers(system, [{}, {}, {}, {}]);
  await give(system, { paymentId: 'p1', amount: 3 * TERM_RUPIAH });
  await system.drain();
});

const dependencies = {
  now: () => system.now(),
  operators: async () => ({ tokens: [TOKEN], people: [] }),
  readPeople: async () => async () => null,
  cards: {
    puts: (...given: Parameters<CardVault['puts']>) => cards.puts(...given),
    numbersOf: (coverIds: readonly CoverId[]) => cards.numbersOf(coverIds),
  },
  sealing: intakeSealing,
  async sendEnrolment(message: Parameters<typeof sendEnrolment>[0]) {
    if (queueFails) throw new Error('the queue is away');
    await sendEnrolment(message);
  },
  log: { info() {}, warn() {}, error() {} },
};
const app = registrarApp(dependencies as unknown as Parameters<typeof registrarApp>[0]);

async function ask(method: string, path: string, body?: string) {
  const headers = { authorization: `Bearer ${TOKEN}` };
  try {
    const response = await app.request(path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  } catch (error) {
    const problem = problemOf(error);
    return { status: problem.status, body: problem };
  }
}

const answers = (...lines: string[]) => ask('POST', '/api/registrar/answers', [TITLES, ...lines].join('\n'));
const accepted = (coverId: string, card = '') => `${coverId},accepted,2026-11-20,,,${card}`;
const rejected = (coverId: string, reason = 'registrar_age') => `${coverId},rejected,,,${reason},`;
const covers = () => system.rows('cover') as { coverId: string; state: string; reason?: string }[];
const coverIds = () => covers().map(({ coverId }) => coverId) as [string, string, string];
const stateOf = (coverId: string) => covers().find((cover) => cover.coverId === coverId)?.state;
const results = ({ body }: Awaited<ReturnType<typeof ask>>) =>
  (body.items as { result: string; reason: string | null }[]).map(({ result, reason }) => reason ?? result);

describe('answers', () => {
  it('wait for nobody: nothing is asked of an office that has said nothing, until the sweeper looks', async () => {
    expect(covers().map(({ state }) => state)).toEqual(['reserved', 'reserved', 'reserved']);
    expect(system.queue('enrolments').waiting).toEqual([]);
    system.pass(86_400);
    await system.sweep();
    await system.drain();
    expect(system.queue('enrolments').waiting).toEqual([]);
    expect(system.rows('allocation')).toMatchObject([{ state: 'submitted' }]);
  });

  it('in parts start what they name, and the allocation is answered with the last of them', async () => {
    const [a, b, c] = coverIds();
    await answers(accepted(a));
    await system.drain();
    expect([a, b, c].map(stateOf)).toEqual(['active', 'reserved', 'reserved']);
    expect(system.rows('allocation')).toMatchObject([{ state: 'submitted' }]);
    await answers(accepted(b), accepted(c));
    await system.drain();
    expect([a, b, c].map(stateOf)).toEqual(['active', 'active', 'active']);
    expect(system.rows('allocation')).toMatchObject([{ state: 'answered' }]);
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('that reject give the money to the next in line, whose batch waits at the office', async () => {
    const [a, b, c] = coverIds();
    await answers(accepted(a), rejected(b), accepted(c));
    await system.drain();
    expect(stateOf(b)).toBe('rejected');
    const next = coverIds().find((coverId) => ![a, b, c].includes(coverId)) as string;
    expect(stateOf(next)).toBe('reserved');
    const { body } = await ask('GET', '/api/registrar/batches');
    expect(body.items).toMatchObject([{ covers: 1 }]);
    await answers(accepted(next));
    await system.drain();
    expect(stateOf(next)).toBe('active');
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('of two files brought at once are one word, and the other is parked', async () => {
    const [a] = coverIds();
    const both = await Promise.all([answers(accepted(a)), answers(rejected(a))]);
    expect(both.flatMap(results).sort()).toEqual(['registrar_contradiction', 'taken']);
    await system.drain();
    const [answer] = system.rows('registrar_answer');
    expect(stateOf(a)).toBe(answer?.outcome === 'accepted' ? 'active' : 'rejected');
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('come to the same in any order and however often', async () => {
    const [a, b, c] = coverIds();
    const lines = [accepted(a), rejected(b), accepted(c)];
    expect(results(await answers(...lines, ...lines.toReversed()))).toEqual([
      ...['taken', 'taken', 'taken'],
      ...['known', 'known', 'known'],
    ]);
    await system.drain();
    const before = system.rows().filter(({ type }) => type !== 'allocation');
    expect(results(await answers(...lines.toReversed()))).toEqual(['known', 'known', 'known']);
    await system.drain();
    expect(system.rows().filter(({ type }) => type !== 'allocation')).toEqual(before);
  });

  it('taken in before the queue went away are collected when the file is brought again', async () => {
    const [a] = coverIds();
    queueFails = true;
    expect((await answers(accepted(a))).status).toBe(500);
    queueFails = false;
    await system.drain();
    expect(stateOf(a)).toBe('reserved');
    expect(results(await answers(accepted(a)))).toEqual(['known']);
    await system.drain();
    expect(stateOf(a)).toBe('active');
  });

  it('or by the sweeper where nobody brings it again (I8)', async () => {
    const [a] = coverIds();
    queueFails = true;
    await answers(accepted(a));
    system.pass(86_400);
    await system.sweep();
    await system.drain();
    expect(stateOf(a)).toBe('active');
  });

  it('of a cover the registrar was not given yet wait, and are good when they come again', async () => {
    const before = new Set(coverIds());
    await give(system, { paymentId: 'p2', amount: TERM_RUPIAH });
    await system.deliver('payments');
    await system.deliver('funds');
    const early = coverIds().find((coverId) => !before.has(coverId)) as string;
    expect(results(await answers(accepted(early)))).toEqual(['registrar_never_submitted']);
    await system.drain();
    expect(stateOf(early)).toBe('reserved');
    expect(results(await answers(accepted(early)))).toEqual(['taken']);
    expect((await ask('GET', '/api/registrar/answers')).body.items).toEqual([]);
    await system.drain();
    expect(stateOf(early)).toBe('active');
  });
});

describe('a parked line', () => {
  it('is one however often it comes, and stays settled', async () => {
    const [a] = coverIds();
    for (let time = 0; time < 2; time += 1) await answers(rejected(a, 'bosan'), rejected(a, 'lain'));
    const { body } = await ask('GET', '/api/registrar/answers');
    expect(body.items).toHaveLength(2);
    const [{ parkedId }] = body.items;
    const settled = await ask('POST', `/api/registrar/answers/${parkedId}/settle`, '{"note":"asked them"}');
    expect(settled.body).toMatchObject({ state: 'settled', note: 'asked them' });
    await answers(rejected(a, 'bosan'), rejected(a, 'lain'));
    expect((await ask('GET', '/api/registrar/answers')).body.items).toHaveLength(1);
    expect((await ask('GET', '/api/registrar/answers?state=settled')).body.items).toMatchObject([{ parkedId }]);
  });

  it('that contradicts is not settled by the word it contradicts', async () => {
    const [a] = coverIds();
    await answers(accepted(a), rejected(a));
    await answers(accepted(a, '12345678901'));
    expect((await ask('GET', '/api/registrar/answers')).body.items).toMatchObject([
      { reason: 'registrar_contradiction' },
    ]);
  });

  it('that is none is not found, and is not settled without a word', async () => {
    expect((await ask('GET', '/api/registrar/answers/prk_x')).status).toBe(404);
    expect((await ask('POST', '/api/registrar/answers/prk_x/settle', '{"note":"x"}')).status).toBe(404);
    const [a] = coverIds();
    await answers(rejected(a, 'bosan'));
    const [{ parkedId }] = (await ask('GET', '/api/registrar/answers')).body.items;
    expect((await ask('POST', `/api/registrar/answers/${parkedId}/settle`, '{"note":" "}')).status).toBe(400);
  });
});

describe('cards', () => {
  it('come with the answer or later, once, and another number for the same cover is parked', async () => {
    const [a, b] = coverIds();
    expect(results(await answers(accepted(a, '12345678901'), accepted(b)))).toEqual(['taken', 'taken']);
    expect(results(await answers(accepted(a, '12345678901')))).toEqual(['known']);
    expect(results(await answers(accepted(b, '22345678901')))).toEqual(['taken']);
    expect(results(await answers(accepted(b, '32345678901')))).toEqual(['registrar_contradiction']);
    expect(await cards.numbersOf([a, b] as CoverId[])).toEqual(
      new Map([
        [a, '12345678901'],
        [b, '22345678901'],
      ]),
    );
  });

  it('of who was refused are not taken in', async () => {
    const [a] = coverIds();
    await answers(`${a},rejected,,,registrar_age,12345678901`);
    expect(await cards.numbersOf([a as CoverId])).toEqual(new Map());
    expect(system.rows('card')).toEqual([]);
  });

  it('are listed by batch too, with those handed over where all are wanted', async () => {
    const [a, b] = coverIds();
    await answers(accepted(a, '12345678901'), accepted(b, '22345678901'));
    const [{ batchId }] = (await ask('GET', '/api/registrar/batches')).body.items;
    const handed = await ask('POST', '/api/registrar/cards', `cover_id,handed_over_on\n${a},2026-11-20\n${b},\n`);
    expect(results(handed)).toEqual(['taken']);
    const list = async (query: string) => (await ask('GET', `/api/registrar/cards?${query}`)).body as string;
    const linesOf = (text: string) => text.trim().split('\r\n').slice(1);
    expect(linesOf(await list(`allocationId=${batchId}`))).toEqual([`${b},,33.72,22345678901,`]);
    expect(linesOf(await list(`allocationId=${batchId}&state=all`))).toHaveLength(2);
    expect(linesOf(await list('region=33.72&state=all'))).toContain(`${a},,33.72,12345678901,2026-11-20`);
    expect((await ask('GET', '/api/registrar/cards')).status).toBe(400);
    expect((await ask('GET', '/api/registrar/cards?allocationId=alc_none')).status).toBe(404);
  });
});

describe('a file that is none', () => {
  it.each([
    ['', 'invalid_request'],
    ['a,b\n1,2', 'columns_unknown'],
    [`${TITLES}\n${'x,y\n'.repeat(5_001)}`, 'invalid_request'],
    ['x'.repeat(2 * 1024 * 1024 + 1), 'invalid_request'],
  ])('is refused as a whole (%#)', async (text, reason) => {
    expect(await ask('POST', '/api/registrar/answers', text)).toMatchObject({ status: 400, body: { reason } });
  });

  it('and a batch the registrar was never given is not found', async () => {
    expect((await ask('GET', '/api/registrar/batches/alc_none')).status).toBe(404);
  });
});
