import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { Status, type StubSystem, startStub } from './stub-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'lingkaran-cli-'));
const roster = join(folder, 'roster.csv');
writeFileSync(roster, 'nik\r\n1\r\n');
const pledgeFile = join(folder, 'pledge.json');
writeFileSync(pledgeFile, '{"workers":1}');

const page = { items: [{ name: 'payments', waiting: 0 }], nextCursor: null };
const pledge = { pledgeId: 'p', orderReference: 'LKR-1', amountRupiah: 50_400, expiresAt: '2026-12-02T00:00:00Z' };

const REPORT = {
  gateway: 'xendit',
  date: '2026-12-01',
  outcomes: { matched: { count: 49, amountRupiah: 2_469_600 }, missing_here: { count: 0, amountRupiah: 0 } },
  awaited: { count: 1, amountRupiah: 50_400 },
  ageing: [{ fromDays: 0, count: 1, amountRupiah: 50_400 }],
  open: { count: 0, amountRupiah: 0 },
};
const FILE = {
  state: 'done',
  refusal: null,
  progress: { chunks: 1, done: 1 },
  counts: { matched: 1 },
  faultCount: 0,
  faults: [],
  differences: [],
};

let system: StubSystem;
beforeAll(async () => {
  system = await startStub({
    'GET /api/stats': { donations: { received: 1 } },
    'GET /api/queues': page,
    'GET /api/cohorts': { items: [], nextCursor: null },
    'GET /api/donations': { items: [{ donationId: 'don_1', receivedRupiah: 50_400 }], nextCursor: 'x' },
    'GET /api/donations/don_1': { donationId: 'don_1', receivedRupiah: 50_400 },
    'GET /api/covers': { items: [], nextCursor: null },
    'GET /api/workers': { items: [{ workerId: 'wrk_1' }], nextCursor: null },
    'GET /api/workers/wrk_1': { workerId: 'wrk_1' },
    'POST /api/workers/wrk_1/events': new Status(201, { workerId: 'wrk_1', kind: 'deceased', on: '2027-01-15' }),
    'GET /api/workers/wrk_1/events': { items: [{ kind: 'deceased', on: '2027-01-15' }], nextCursor: null },
    'POST /api/workers/wrk_1/reactivations': new Status(202, { workerId: 'wrk_1', state: 'waiting' }),
    'GET /api/nudges': { items: [], nextCursor: null },
    'GET /api/quarantine': { items: [{ quarantineId: 'q1', reason: 'field_missing' }], nextCursor: null },
    'POST /api/quarantine/q1/release': { released: true },
    'GET /api/files': { items: [{ fileId: 'fil_1', state: 'checked' }], nextCursor: null },
    'GET /api/files/fil_1': { fileId: 'fil_1', ...FILE },
    'POST /api/files': new Status(202, { fileId: 'fil_1', uploadUrl: null }),
    'GET /api/unassigned': { items: [{ unassignedId: 'crd_1', state: 'open' }], nextCursor: null },
    'POST /api/unassigned/crd_1/assign': new Status(202, { state: 'assigned' }),
    'POST /api/queues/payments/redrive': { redriven: 2 },
    'POST /api/pledges': pledge,
    'GET /api/pledges/LKR-1': { state: 'open', promisedRupiah: 50_400 },
    'GET /api/donors/dnr_1': { donorId: 'dnr_1', gifts: 1 },
    'POST /api/receipts': new Status(201, { office: 'solo', number: 'KW-1', state: 'entered' }),
    'GET /api/receipts': { items: [{ office: 'solo', number: 'KW-1', state: 'entered' }], nextCursor: null },
    'POST /api/receipts/solo/KW-1/approve': { office: 'solo', number: 'KW-1', state: 'approved' },
    'POST /api/receipts/solo/KW-1/reject': { office: 'solo', number: 'KW-1', state: 'rejected' },
    'POST /api/receipts/solo/KW-2/approve': new Status(403, { reason: 'maker_is_checker' }),
    'POST /api/worker-imports': new Status(202, { importId: 'imp_1' }),
    'GET /api/worker-imports/imp_1': { state: 'done', accepted: 1, duplicates: 0, rejected: [] },
    'GET /api/reconciliations': { items: [REPORT], nextCursor: null },
    'GET /api/differences': { items: [], nextCursor: null },
    'POST /api/differences/d1/settle': { state: 'settled' },
    'POST /api/proofs': { holds: true, checked: { donations: 1 }, violations: [] },
    'GET /local/clock': { now: '2026-12-01T01:00:00.000Z', speed: 0 },
    'POST /local/clock': { now: '2026-12-31T01:00:00.000Z', speed: 0 },
    'POST /webhooks/midtrans': { status: 'ok' },
  });
});
afterAll(() => system.close());

const here = () => ['--url', system.url, '--token', 'secret'];

const DONE = [
  ['status'],
  ['donations', 'list'],
  ['donations', 'show', 'don_1'],
  ['covers', 'list', '--state', 'active'],
  ['workers', 'list', '--all'],
  ['workers', 'show', 'wrk_1'],
  ['worker', 'wrk_1', 'deceased', '--on', '2027-01-15'],
  ['worker', 'wrk_1', 'government_paid', '--on', '2027-02-01', '--months', '6'],
  ['worker', 'wrk_1', 'reactivate'],
  ['worker', 'wrk_1', 'events'],
  ['nudges', 'list', '--cover-id', 'cov_1'],
  ['cohorts', 'list'],
  ['quarantine', 'list'],
  ['files', 'list'],
  ['files', 'show', 'fil_1'],
  ['unassigned', 'list'],
  ['assign', 'crd_1', '--order', 'GNL-1'],
  ['import-file', roster, '--kind', 'receipts', '--source', 'solo'],
  ['quarantine', 'show', 'q1'],
  ['quarantine', 'release', 'q1'],
  ['replay', 'q1'],
  ['queues'],
  ['redrive', 'payments'],
  ['pledge', '--workers', '1'],
  ['pledge', '--file', pledgeFile],
  ['pledge', '--amount', '50400', '--monthly', '12', '--overpayment', 'refund'],
  ['pledges', 'show', 'LKR-1'],
  ['donors', 'show', 'dnr_1'],
  ['import', roster],
  ['receipt', 'enter', 'solo', 'KW-1', '--amount', '50400', '--received-on', '2026-11-30'],
  ['receipt', 'approve', 'solo', 'KW-1'],
  ['receipt', 'approve', 'solo', '--all'],
  ['receipt', 'reject', 'solo', 'KW-1', '--reason', 'money_missing'],
  ['receipt', 'list', '--state', 'entered'],
  ['proof'],
  ['reconcile'],
  ['reconcile', '--gateway', 'xendit', '--date', '2026-12-01'],
  ['reconcile', 'settle', 'd1', '--note', 'refunded by hand'],
  ['clock'],
  ['clock', 'show'],
  ['clock', 'advance', 'P30D'],
  ['clock', 'advance', 'P3M'],
  ['clock', 'advance', '48h'],
  ['clock', 'to', '2026-12-31T08:00:00+07:00'],
  ['trigger', 'midtrans', 'paid'],
  ['doctor'],
];

describe('done is 0', () => {
  it.each(DONE)('%s %s %s', async (...command) => {
    const words = command.filter((word) => word !== undefined);
    const ran = await run([...words, ...here()]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.out).not.toBe('');
  });

  it.each(DONE)('%s %s %s --json prints one document', async (...command) => {
    const words = command.filter((word) => word !== undefined);
    const { out } = await run([...words, ...here(), '--json']);
    expect(() => JSON.parse(out)).not.toThrow();
    expect(out).not.toContain('\u001B');
  });
});

const WRONG = [
  { argv: ['stauts'], hint: 'status' },
  { argv: ['status', '--jsn'], hint: '--json' },
  { argv: ['donations', 'lst'], hint: 'list' },
  { argv: ['donations', 'list', '--limt', '3'], hint: '--limit' },
  { argv: ['trigger', 'midtrans', 'payed'], hint: 'paid' },
  { argv: ['trigger', 'midtran', 'paid'], hint: 'midtrans' },
  { argv: ['trigger', 'partner', 'paid', '--partner', 'kitabissa'], hint: 'kitabisa' },
  { argv: ['trigger', 'midtrans', 'paid', '--set', 'gross_amuont=1'], hint: 'gross_amount' },
  { argv: ['trigger', 'partner', 'paid', '--set', 'amuont=1'], hint: 'data.amount' },
  { argv: ['trigger', 'midtrans', 'paid', '--set', 'gross_amount'], hint: 'path=value' },
  { argv: ['trigger', 'midtrans', 'paid', '--amount', '50.400'], hint: 'Whole rupiah' },
  { argv: ['trigger', 'midtrans', 'paid', '--late', 'tomorrow'], hint: 'PT48H' },
  { argv: ['trigger', 'midtrans', 'paid', '--duplicate', '0'], hint: 'from 1' },
  { argv: ['clock', 'advnce', 'P30D'], hint: 'advance' },
  { argv: ['clock', 'advance', 'soon'], hint: 'P30D' },
  { argv: ['clock', 'to', '2026-12-31'], hint: 'zone' },
  { argv: ['nudges', 'list'], hint: '--cover-id' },
  { argv: ['pledge'], hint: '--workers' },
  { argv: ['worker', 'wrk_1', 'deceased'], hint: '--on' },
  { argv: ['worker', 'wrk_1', 'vanished', '--on', '2027-01-15'], hint: 'government_paid' },
  { argv: ['pledge', '--workers', '1', '--package', 'JKK'], hint: 'JKK_JKM' },
  { argv: ['import'], hint: 'roster.csv' },
  { argv: ['import-file', 'a.csv', '--kind', 'receipts'], hint: '--source' },
  { argv: ['assign', 'crd_1'], hint: '--order' },
  { argv: ['receipt', 'approve', 'solo'], hint: '--all' },
  { argv: ['receipt', 'reject', 'solo', 'KW-1', '--reason', 'because'], hint: 'money_missing' },
  { argv: ['status', 'now'], hint: 'too many arguments' },
  { argv: [], hint: 'Usage' },
];

describe('wrong use is 2, says what was meant, and changes nothing', () => {
  it.each(WRONG)('$argv', async ({ argv, hint }) => {
    const before = system.asked.filter(({ method }) => method === 'POST').length;
    const ran = await run([...argv, ...(argv.length > 0 ? here() : [])]);
    expect(ran).toMatchObject({ exitCode: 2, out: '' });
    expect(ran.said).toContain(hint);
    expect(system.asked.filter(({ method }) => method === 'POST')).toHaveLength(before);
  });

  it('an address that is none', async () => {
    expect(await run(['status', '--url', 'localhost'])).toMatchObject({ exitCode: 2 });
  });
});

describe('help is a result', () => {
  const COMMANDS = [
    [],
    ['trigger'],
    ['verify'],
    ['import'],
    ['pledge'],
    ['clock'],
    ['donations'],
    ['quarantine', 'release'],
  ];
  it.each(COMMANDS)('%s %s --help', async (...command) => {
    const ran = await run([...command.filter((word) => word !== undefined), '--help']);
    expect(ran).toMatchObject({ exitCode: 0, said: '' });
    expect(ran.out).toContain('Usage: lingkaran');
  });

  it('shows examples before options', async () => {
    const { out } = await run(['trigger', '--help']);
    expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Options:'));
  });
});

async function against(answers: Record<string, unknown>, argv: readonly string[]) {
  const other = await startStub(answers);
  try {
    return await run([...argv, '--url', other.url, '--token', 'secret']);
  } finally {
    await other.close();
  }
}

describe('what a running system answers decides the rest', () => {
  it('3: it refuses the token', async () => {
    const answers = { 'GET /api/queues': new Status(401, { title: 'Not allowed.' }) };
    expect(await against(answers, ['queues'])).toMatchObject({ exitCode: 3, out: '' });
  });

  it('3: it refuses a forged notification', async () => {
    const answers = { 'POST /webhooks/midtrans': new Status(401) };
    expect(await against(answers, ['trigger', 'midtrans', 'paid', '--bad-signature'])).toMatchObject({ exitCode: 3 });
  });

  it('3: it has no clock to move', async () => {
    expect(await against({}, ['clock', 'advance', 'P1D'])).toMatchObject({ exitCode: 3 });
  });

  it('4: nothing there of that id', async () => {
    expect(await against({}, ['donations', 'show', 'don_9'])).toMatchObject({ exitCode: 4, out: '' });
    expect(
      await against({ 'GET /api/quarantine': { items: [], nextCursor: null } }, ['quarantine', 'show', 'q9']),
    ).toMatchObject({ exitCode: 4 });
  });

  it('4: no such queue, and names the nearest', async () => {
    const ran = await against({ 'GET /api/queues': page }, ['redrive', 'payment']);
    expect(ran.exitCode).toBe(4);
    expect(ran.said).toContain('payments');
  });

  it('4: no such file', async () => {
    expect(await against({}, ['import', '/nonexistent.csv'])).toMatchObject({ exitCode: 4 });
    expect(await against({}, ['pledge', '--file', '/nonexistent.json'])).toMatchObject({ exitCode: 4 });
  });

  it('5: some lines of a roster were rejected', async () => {
    const rejected = [{ line: 2, column: 'nik', reason: 'nik_invalid' }];
    const answers = {
      'POST /api/worker-imports': { importId: 'i' },
      'GET /api/worker-imports/i': { state: 'done', accepted: 1, duplicates: 0, rejected },
    };
    const ran = await against(answers, ['import', roster]);
    expect(ran.exitCode).toBe(5);
    expect(ran.out).toContain('nik_invalid');
  });

  it('3: who entered a receipt does not approve it; 5: some were approved and some not', async () => {
    const ran = await run(['receipt', 'approve', 'solo', 'KW-2', ...here()]);
    expect(ran).toMatchObject({ exitCode: 3, out: expect.stringContaining('maker_is_checker') });
    expect(await run(['receipt', 'approve', 'solo', 'KW-1', 'KW-2', ...here()])).toMatchObject({ exitCode: 5 });
  });

  it('5: some copies were taken and some not', async () => {
    let copies = 0;
    const answers = {
      'POST /webhooks/midtrans': () => {
        copies += 1;
        return copies === 1 ? {} : new Status(503);
      },
    };
    expect(await against(answers, ['trigger', 'midtrans', 'paid', '--duplicate', '2'])).toMatchObject({ exitCode: 5 });
  });

  it('2: a field it does not take, named', async () => {
    const problem = { title: 'The request is not valid.', errors: [{ field: 'termMonths', detail: 'at most 12' }] };
    const ran = await against({ 'POST /api/pledges': new Status(400, problem) }, ['pledge', '--workers', '1']);
    expect(ran.exitCode).toBe(2);
    expect(ran.said).toContain('termMonths: at most 12');
  });

  it('1: the books do not hold', async () => {
    const proof = { holds: false, checked: {}, violations: [{ invariant: 'I2', donationId: 'don_1' }] };
    const ran = await against({ 'POST /api/proofs': proof }, ['proof']);
    expect(ran.exitCode).toBe(1);
    expect(ran.out).toContain('I2');
  });

  it('1: a difference is open', async () => {
    const open = { differenceId: 'xendit#py-1#amount_differs', statedAmountRupiah: 60_000, oursAmountRupiah: 50_400 };
    const ran = await against(
      {
        'GET /api/reconciliations': { items: [REPORT], nextCursor: null },
        'GET /api/differences': { items: [open], nextCursor: null },
      },
      ['reconcile'],
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.out).toContain('xendit#py-1#amount_differs');
    expect(ran.out).toContain('49 (Rp2.469.600)');
  });

  it('1: it fails, or nobody answers, or there is none', async () => {
    expect(await against({ 'GET /api/queues': new Status(500) }, ['queues'])).toMatchObject({ exitCode: 1, out: '' });
    const silent = await run(['queues', '--url', 'http://127.0.0.1:9', '--token', 't']);
    expect(silent).toMatchObject({ exitCode: 1, out: '' });
    const none = await run(['queues']);
    expect(none).toMatchObject({ exitCode: 1, out: '' });
    expect(none.said).toContain('npm start');
  });
});

describe('the installed command', () => {
  it('starts by itself whatever Node runs it', () => {
    const version = execFileSync('infra/cli/lingkaran.mjs', ['--version'], { encoding: 'utf8' });
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('hands on the exit code', () => {
    expect(() => execFileSync('infra/cli/lingkaran.mjs', ['stauts'], { stdio: 'pipe' })).toThrow(
      expect.objectContaining({ status: 2 }),
    );
  });
});
