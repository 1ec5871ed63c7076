/** What becomes of a file whose functions die on the way, or whose messages come twice. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type CheckFileDependencies, checkFile } from '../../../functions/check-file/check-file.ts';
import { CHUNK_ITEMS } from '../../../functions/check-file/cut-file.ts';
import {
  type SettleStatementDependencies,
  settleStatement,
} from '../../../functions/settle-statement/settle-statement.ts';
import { type SweepOverdueDependencies, sweepOverdue } from '../../../functions/sweep-overdue/sweep-overdue.ts';
import { intakeSealing } from '../../../shared/adapters/sealing.ts';
import { civilDateOf } from '../../../shared/domain/dates.ts';
import { type FileId, fileIdOf } from '../../../shared/domain/ids.ts';
import { tariffDigest } from '../../../shared/domain/tariff.ts';
import { Permanent, Transient } from '../../../shared/errors.ts';
import { SILENT_LOG, SILENT_METER } from '../../../shared/logger.ts';
import type { FileMessage, PaymentMessage, StatementMessage } from '../../../shared/messages.ts';
import { uploadKey } from '../../../shared/statements/file-kinds.ts';
import { putDifference } from '../../../shared/store/differences.ts';
import { areBooked, readDonations } from '../../../shared/store/donations.ts';
import * as files from '../../../shared/store/files.ts';
import { knownOrders } from '../../../shared/store/order-references.ts';
import { findPaymentId, settlePaymentId } from '../../../shared/store/payment-names.ts';
import { enterReceiptLines } from '../../../shared/store/receipts.ts';
import { markAllSettled } from '../../../shared/store/settlement-awaited.ts';
import { putUnassigned } from '../../../shared/store/unassigned.ts';
import { tariffInForce } from '../../../shared/tariff-in-force.ts';
import { send } from '../../support/people-and-gifts.ts';
import { TestSystem } from '../../support/test-system.ts';

const system = new TestSystem();
afterAll(() => system.stop());

let objects: Map<string, string>;
let sent: StatementMessage[];
beforeEach(() => {
  system.newWorld();
  objects = new Map();
  sent = [];
});

const ORIGIN = { kind: 'settlement_statement', source: 'midtrans' } as const;
const KEY = 'inbox/settlement_statement/midtrans/a.csv';

function statement(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => `trx-${index},50000,500,2026-11-19T10:00:00+07:00`);
  return ['payment_id,amount,fee,settled_at', ...lines].join('\n');
}

/** As the object store hands a file out: bit by bit. */
async function* bits(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let first = 0; first < bytes.length; first += 4_096) yield bytes.subarray(first, first + 4_096);
}

function checking(changes: Partial<CheckFileDependencies> = {}): CheckFileDependencies {
  return {
    ...files,
    now: () => system.now(),
    async open(key) {
      const text = objects.get(key);
      if (text === undefined) throw new Permanent('not_found');
      return { chunks: bits(text), version: String(text.length) };
    },
    seal: intakeSealing.seal,
    unseal: intakeSealing.unseal,
    sendStatement: async (message) => void sent.push(message),
    putDifference,
    log: SILENT_LOG,
    ...changes,
  };
}

function settling(changes: Partial<SettleStatementDependencies> = {}): SettleStatementDependencies {
  return {
    ...files,
    now: () => system.now(),
    seal: intakeSealing.seal,
    unseal: intakeSealing.unseal,
    readDonations,
    areBooked,
    knownOrders,
    findPaymentId,
    settlePaymentId,
    enterReceiptLines,
    putDifference,
    putUnassigned,
    markAllSettled,
    async sendPayments(messages) {
      for (const message of messages) send(system, message as PaymentMessage);
    },
    log: SILENT_LOG,
    ...changes,
  };
}

const created = (key: string): FileMessage => ({ Records: [{ s3: { object: { key } } }] });
const theFile = async () => (await files.readFileProgress(system.rows('file')[0]?.fileId as FileId))!;
const dies = async () => {
  throw new Transient('unexpected_failure');
};

describe('a file', () => {
  it('whose checking dies between two chunks is cut the same again, and once it was cut never more', async () => {
    objects.set(KEY, statement(2 * CHUNK_ITEMS + 1));
    let left = 2;
    const dying = async (message: StatementMessage) => {
      left -= 1;
      if (left < 0) await dies();
      sent.push(message);
    };
    await expect(checkFile(created(KEY), checking({ sendStatement: dying }))).rejects.toThrow(Transient);
    expect((await theFile()).file).toMatchObject({ state: 'checked', chunks: 3 });
    expect((await theFile()).file.cutAt).toBeUndefined();
    const before = sent.splice(0);
    await checkFile(created(KEY), checking());
    expect(sent.slice(0, 2)).toEqual(before);
    expect(sent.map(({ chunk, rows }) => [chunk, rows.length])).toEqual([
      [0, CHUNK_ITEMS],
      [1, CHUNK_ITEMS],
      [2, 1],
    ]);
    expect((await theFile()).file.cutAt).toBe(system.now());
    await checkFile(created(KEY), checking());
    expect(sent).toHaveLength(3);
  });

  it('is never held whole: chunks go out while it is read', async () => {
    const text = statement(20_000);
    let [read, longestWait] = [0, 0];
    const open = async () => ({
      version: '1',
      chunks: (async function* () {
        read = 0;
        for await (const piece of bits(text)) {
          read += piece.length;
          yield piece;
        }
      })(),
    });
    const sendStatement = async ({ chunk }: StatementMessage) => {
      // How far reading is ahead of what it has handed on; a line is some fifty bytes.
      longestWait = Math.max(longestWait, read - (chunk + 1) * CHUNK_ITEMS * 50);
    };
    await checkFile(created(KEY), checking({ open, sendStatement }));
    expect((await theFile()).file).toMatchObject({ chunks: 100, totals: { rows: 20_000, grossRupiah: 1_000_000_000 } });
    expect(longestWait).toBeLessThan(64 * 1024);
  });

  it('that nobody put there, or whose key says nothing to us, is for a person', async () => {
    await expect(checkFile(created(KEY), checking())).rejects.toThrow(expect.objectContaining({ reason: 'not_found' }));
    await expect(checkFile(created('inbox/a.csv'), checking())).rejects.toThrow(Permanent);
    await expect(checkFile({ Event: 's3:TestEvent' }, checking())).resolves.toBeUndefined();
  });

  it('under the name of another file is refused, and that other may still come', async () => {
    const key = uploadKey(ORIGIN, 'a.csv', 'f'.repeat(64));
    objects.set(key, statement(1));
    await checkFile(created(key.replaceAll(' ', '+')), checking());
    const { file } = await theFile();
    expect(file).toMatchObject({
      fileId: fileIdOf(ORIGIN.kind, ORIGIN.source, 'f'.repeat(64)),
      state: 'refused',
      refusal: { reason: 'file_hash_mismatch' },
    });
    expect(sent).toEqual([]);
    const again = { ...ORIGIN, fileId: file.fileId, name: 'a.csv', key, receivedAt: system.now() };
    expect(await files.receiveFile(again)).toMatchObject({ state: 'received' });
  });
});

describe('a file whose chunks are lost (I8)', () => {
  /** Everything else the sweeper looks at is in order. */
  const sweeping = (asked: string[]): SweepOverdueDependencies => ({
    ...files,
    now: () => system.now(),
    sendFile: async (key) => void asked.push(key),
    donationsDue: async () => [],
    listFundIds: async () => [],
    enrolmentsDue: async () => [],
    receiptsDue: async () => [],
    tariffInForce,
    sweptTariff: async () => tariffDigest(tariffInForce(civilDateOf(system.now()))),
    markTariffSwept: dies,
    coversOfShard: async function* () {},
    coversOfAllocation: dies,
    lifeEventsDue: async () => [],
    markEventDone: dies,
    coversOfWorker: dies,
    openClaims: async () => [],
    listParked: async () => [],
    sendReceipt: dies,
    sendToFund: dies,
    sendEnrolment: dies,
    listCohorts: async () => [],
    phaseMarks: async () => [],
    startCohorts: async () => undefined,
    runCoverPhase: dies,
    unfinishedPages: async () => [],
    sendNudges: dies,
    markPhaseAccounted: dies,
    markSettled: dies,
    sweepCampaigns: async () => ({ campaigns: 0, campaignPages: 0 }),
    log: SILENT_LOG,
    meter: SILENT_METER,
  });

  it('is found by the sweeper, cut again and then left in peace; what was settled counts the same', async () => {
    objects.set(KEY, statement(CHUNK_ITEMS + 1));
    await checkFile(created(KEY), checking());
    const [first, lost] = sent.splice(0);
    await settleStatement(first!, settling());
    const asked: string[] = [];
    expect((await sweepOverdue(sweeping(asked))).files).toBe(0);
    system.pass(3_600_000);
    expect((await sweepOverdue(sweeping(asked))).files).toBe(1);
    expect(asked).toEqual([KEY]);
    await checkFile(created(asked[0]!), checking());
    expect(sent.map(({ chunk }) => chunk)).toEqual([first?.chunk, lost?.chunk]);
    for (const message of sent) await settleStatement(message, settling());
    system.pass(3_600_000);
    expect((await sweepOverdue(sweeping(asked))).files).toBe(0);
    expect(await files.filesDue(system.now())).toEqual([]);
    await system.drain();
    expect(system.rows('donation')).toHaveLength(CHUNK_ITEMS + 1);
    expect((await theFile()).chunks.reduce((sum, { counts }) => sum + counts.missingHere, 0)).toBe(CHUNK_ITEMS + 1);
  });
});

describe('a chunk', () => {
  it('counts the same however often it comes and wherever it died, and books once', async () => {
    objects.set(KEY, statement(5));
    await checkFile(created(KEY), checking());
    const [chunk] = sent as [StatementMessage];
    await expect(settleStatement(chunk, settling({ markAllSettled: dies }))).rejects.toThrow(Transient);
    await system.drain();
    expect(system.rows('donation')).toHaveLength(5);
    for (let time = 0; time < 3; time += 1) await settleStatement(chunk, settling());
    await system.drain();
    const { chunks } = await theFile();
    expect(chunks).toMatchObject([{ counts: { missingHere: 5, matched: 0 }, doneAt: system.now() }]);
    expect(system.rows('donation')).toHaveLength(5);
    expect(system.rows('ledger').length).toBe(5);
    expect(system.rows('settlement')).toHaveLength(5);
    expect(system.rows('settlement').every(({ dueKey }) => dueKey === undefined)).toBe(true);
  });

  it('that names a payment with another amount settles nothing of it', async () => {
    objects.set(KEY, statement(1));
    await checkFile(created(KEY), checking());
    const [first] = sent as [StatementMessage];
    await settleStatement(first, settling());
    await system.drain();
    const other = {
      ...first,
      chunk: 7,
      rows: first.rows.map((row) => ({ ...row, amountRupiah: 1 as never, feeRupiah: null })),
    };
    const settled: unknown[] = [];
    await settleStatement(other, settling({ markAllSettled: async (payments) => void settled.push(...payments) }));
    expect(settled).toEqual([]);
    expect(system.rows('difference')).toContainEqual(
      expect.objectContaining({
        outcome: 'amount_differs',
        state: 'open',
        statedAmountRupiah: 1,
        oursAmountRupiah: 50_000,
      }),
    );
  });

  it('of a file nobody knows waits', async () => {
    const lost = { contractVersion: 1, fileId: 'fil_x' as FileId, chunk: 0, rows: [], credits: [] } as const;
    await expect(settleStatement({ ...lost, rows: [], credits: [] }, settling())).rejects.toThrow(Transient);
  });
});
