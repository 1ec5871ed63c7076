import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ImportWorkersDependencies, importWorkers } from '../../../functions/import-workers/import-workers.ts';
import { startImport } from '../../../functions/import-workers/start-import.ts';
import { addMonths, type CivilDate, type Instant } from '../../../shared/domain/dates.ts';
import { coverIdOf, type FundId, type ImportId, type WorkerId } from '../../../shared/domain/ids.ts';
import { SILENT_LOG } from '../../../shared/logger.ts';
import type { FundMessage, ImportMessage, Sealed } from '../../../shared/messages.ts';
import { reactivate } from '../../../shared/reactivation.ts';
import { settingsSchema } from '../../../shared/settings.ts';
import { importStatus, putChunkResult, putImport, readChunkResult, readImport } from '../../../shared/store/imports.ts';
import { lifeEventsOf } from '../../../shared/store/life-events.ts';
import { putItem, queryAll, updateItem } from '../../../shared/store/table.ts';
import { Vault } from '../../../shared/store/vault.ts';
import { workerKey, workerOf } from '../../../shared/store/workers.ts';
import { startTestTables } from '../store/engine.ts';
import { memoryVaultKeys } from '../store/memory-vault-keys.ts';
import { rosterFile, rosterLine } from './roster-file.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const seal = async (plaintext: Uint8Array): Promise<Sealed> => ({
  keyId: 'test',
  iv: '',
  data: Buffer.from(plaintext).toString('base64'),
});

let queue: ImportMessage[] = [];
let asked: { message: FundMessage; occasion: string }[] = [];
beforeEach(() => {
  queue = [];
  asked = [];
});

let now = '2026-11-20T03:00:00.000Z' as Instant;
const vault = new Vault({ keys: memoryVaultKeys(), identityKey: async () => Buffer.alloc(32, 1), now: () => now });
const dependencies: ImportWorkersDependencies = {
  unseal: async ({ data }) => Buffer.from(data, 'base64'),
  vault,
  workerSettings: () => settingsSchema.parse({}).workers,
  readImport,
  readChunkResult,
  putChunkResult,
  reactivate,
  noteRegion: async () => undefined,
  listFundIds: async () => ['general' as FundId, 'zakat' as FundId],
  sendToFund: async (message, occasion) => {
    asked.push({ message, occasion });
  },
  log: SILENT_LOG,
};

function start(...lines: string[]): Promise<ImportId> {
  const sendImports = async (messages: readonly ImportMessage[]) => {
    queue.push(...messages);
  };
  return startImport({ now: () => now, seal, putImport, sendImports }, rosterFile(...lines));
}

async function finish(over: Partial<ImportWorkersDependencies> = {}): Promise<void> {
  for (const message of queue) await importWorkers(message, { ...dependencies, ...over });
}

async function waiting(region: string) {
  const rows = await queryAll({
    IndexName: 'waiting',
    KeyConditionExpression: 'waitingKey = :key',
    ExpressionAttributeValues: { ':key': `WAITING#${region}` },
  });
  return rows.map(workerOf);
}

/** A cover of three months that ended on a day. */
async function hadCover(workerId: WorkerId, endDate: string): Promise<void> {
  const coverId = coverIdOf(workerId, 1);
  const dates = { startDate: addMonths(endDate as CivilDate, -3), endDate };
  const facts = { workerId, state: 'active', termMonths: 3, months: [1, 2, 3], monthsPaid: 3, ...dates };
  await putItem({ Item: { pk: `WORKER#${workerId}`, sk: `COVER#${coverId}`, type: 'cover', coverId, ...facts } });
  await updateItem({
    Key: workerKey(workerId),
    UpdateExpression: 'SET currentCoverId = :coverId, coverOrdinal = :one REMOVE waitingKey, waitingSort',
    ExpressionAttributeValues: { ':coverId': coverId, ':one': 1 },
  });
}

describe('an import', () => {
  it('takes the good lines, counts the same person once and names what is wrong with the rest', async () => {
    const importId = await start(
      rosterLine(1, { region: '11.01', disability: 'ya' }),
      rosterLine(2, { region: '11.01', sex: 'L' }),
      rosterLine(1, { region: '11.01', name: 'Again' }),
      rosterLine(3, { nik: '3.37E+15', language: 'jv' }),
      'not,a,line',
      rosterLine(4, { region: '11.01', birth_date: '2026-01-01' }),
    );
    expect(await importStatus(importId)).toMatchObject({ state: 'running', accepted: 0, lines: 6 });
    await finish();
    expect(await importStatus(importId)).toEqual({
      importId,
      state: 'done',
      submittedAt: now,
      lines: 6,
      accepted: 2,
      reactivated: 0,
      duplicates: 1,
      rejected: [
        { line: 5, column: 'nik', reason: 'nik_invalid', also: [{ column: 'language', reason: 'language_unknown' }] },
        { line: 6, column: null, reason: 'line_malformed' },
        { line: 7, column: 'birth_date', reason: 'too_young' },
      ],
      warnings: [{ line: 3, column: 'sex', reason: 'nik_sex_mismatch' }],
    });
    const inLine = await waiting('11.01');
    expect(inLine.map(({ disability }) => disability)).toEqual([true, false]);
    expect(inLine[0]).toMatchObject({ state: 'waiting', waitingSince: now, coverOrdinal: 0, paidMonths: new Set() });
    expect((await vault.readPerson(inLine[0]!.workerId))?.name).toBe('Sri 1');
  });

  it('asks every fund to look, once for each chunk that brought somebody', async () => {
    const importId = await start(rosterLine(11), 'bad');
    await finish();
    expect(asked).toEqual([
      { message: { contractVersion: 1, kind: 'fill', fundId: 'general' }, occasion: `${importId}:0` },
      { message: { contractVersion: 1, kind: 'fill', fundId: 'zakat' }, occasion: `${importId}:0` },
    ]);
    asked = [];
    queue = [];
    await start(rosterLine(11));
    await finish();
    expect(asked).toEqual([]);
  });

  it('counts everybody who is registered already as a duplicate, in whatever import', async () => {
    await start(rosterLine(21), rosterLine(22));
    await finish();
    queue = [];
    const again = await start(rosterLine(21), rosterLine(22), rosterLine(23));
    await finish();
    expect(await importStatus(again)).toMatchObject({ accepted: 1, duplicates: 2 });
  });

  it('puts a known person whose cover lapsed back in line, once, and leaves one who died or whose cover runs', async () => {
    await start(...[31, 32, 33, 34].map((number) => rosterLine(number, { region: '12.01' })));
    await finish();
    const ids = (await waiting('12.01')).map(({ workerId }) => workerId);
    const [lapsed, died, covered] = ids as [WorkerId, WorkerId, WorkerId, WorkerId];
    for (const [workerId, endDate] of [
      [lapsed, '2026-08-20'] as const,
      [died, '2026-08-20'] as const,
      [covered, '2026-10-20'] as const,
    ])
      await hadCover(workerId, endDate);
    await updateItem({
      Key: workerKey(died),
      UpdateExpression: 'SET #state = :deceased',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':deceased': 'deceased' },
    });
    queue = [];
    asked = [];
    const again = await start(...[31, 32, 33, 34, 35].map((number) => rosterLine(number, { region: '12.01' })));
    await finish({ putChunkResult: async () => undefined });
    await finish();
    expect(await importStatus(again)).toMatchObject({ accepted: 1, reactivated: 1, duplicates: 3, rejected: [] });
    const inLine = await waiting('12.01');
    expect(inLine.map(({ workerId }) => workerId)).toContain(lapsed);
    expect(inLine.map(({ workerId }) => workerId)).not.toContain(died);
    expect(inLine.map(({ workerId }) => workerId)).not.toContain(covered);
    expect(inLine.find(({ workerId }) => workerId === lapsed)).toMatchObject({ coverOrdinal: 1, waitingSince: now });
    expect(await lifeEventsOf(lapsed)).toMatchObject([{ kind: 'reactivated', recordedBy: again }]);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('of nothing is done at once', async () => {
    expect(await importStatus(await start())).toMatchObject({ state: 'done', accepted: 0, lines: 0 });
  });

  it('nobody started is not known, and its chunk goes to quarantine', async () => {
    expect(await importStatus('imp_none' as ImportId)).toBeNull();
    await start(rosterLine(31));
    const lost = { ...queue[0]!, importId: 'imp_none' as ImportId };
    await expect(importWorkers(lost, dependencies)).rejects.toMatchObject({ name: 'Permanent', reason: 'not_found' });
  });

  it('is judged as of its submission, however late a chunk arrives', async () => {
    now = '2026-11-20T03:00:00.000Z' as Instant;
    const importId = await start(
      rosterLine(41, { birth_date: '2011-11-21' }),
      rosterLine(42, { birth_date: '1960-11-21' }),
    );
    now = '2026-11-25T03:00:00.000Z' as Instant;
    await finish();
    expect(await importStatus(importId)).toMatchObject({ accepted: 1, rejected: [{ line: 2, reason: 'too_young' }] });
  });

  it('puts nothing personal into the queue but sealed (I9)', async () => {
    const sendImports = async (messages: readonly ImportMessage[]) => {
      queue.push(...messages);
    };
    const blind = async () => ({ keyId: 'k', iv: 'i', data: 'sealed' });
    await startImport({ now: () => now, seal: blind, putImport, sendImports }, rosterFile(rosterLine(51)));
    expect(queue).toEqual([{ contractVersion: 1, importId: expect.any(String), chunk: 0, sealedLines: await blind() }]);
  });

  it('travels in chunks of which ten fit into one call to the queue', async () => {
    const long = { name: 'x'.repeat(119), source: `dinsos-${'y'.repeat(60)}` };
    await start(...Array.from({ length: 1_000 }, (_, serial) => rosterLine(60_000 + serial, serial % 2 ? long : {})));
    const sizes = queue.map((message) => Buffer.byteLength(JSON.stringify(message)));
    const heaviest = sizes.toSorted((a, b) => b - a).slice(0, 10);
    expect(heaviest.reduce((total, size) => total + size, 0)).toBeLessThan(262_144);
  });
});

describe('delivered again', () => {
  it('a finished chunk only asks the funds again', async () => {
    const importId = await start(rosterLine(71), rosterLine(72));
    await finish();
    const before = await importStatus(importId);
    await finish();
    expect(await importStatus(importId)).toEqual(before);
    expect(asked).toHaveLength(4);
  });

  it('a chunk that was interrupted anywhere, with others in between, counts the same', async () => {
    let block = 100_000;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 8 }), fc.boolean(), async (interruptAfter, otherFirst) => {
        block += 10;
        const lines = [1, 2, 3, 2, 4, 5].map((serial) => rosterLine(block + serial));
        queue = [];
        const importId = await start(...lines);
        const mine = queue;
        queue = [];
        const otherId = await start(rosterLine(block + 5), rosterLine(block + 6));
        const other = queue;
        let left = interruptAfter;
        const failing: ImportWorkersDependencies = {
          ...dependencies,
          vault: {
            findPeople: (niks) => vault.findPeople(niks),
            registerPerson: async (...given) => {
              if (left === 0) throw new Error('killed');
              left -= 1;
              return vault.registerPerson(...given);
            },
          },
          putChunkResult: async (...given) => {
            if (left === 1) throw new Error('killed');
            await putChunkResult(...given);
          },
        };
        await importWorkers(mine[0]!, failing).catch(() => undefined);
        for (const message of otherFirst ? [...other, ...mine] : [...mine, ...other])
          await importWorkers(message, dependencies);
        const [first, second] = [await importStatus(importId), await importStatus(otherId)];
        expect(first!.accepted + first!.duplicates).toBe(6);
        expect(second!.accepted + second!.duplicates).toBe(2);
        expect(first!.accepted + second!.accepted).toBe(6);
        expect(await importStatus(importId)).toEqual(first);
      }),
      { numRuns: 25 },
    );
  });
});

it('takes a thousand lines in a few seconds', async () => {
  const importId = await start(
    ...Array.from({ length: 1_000 }, (_, serial) => rosterLine(200_000 + serial, { region: '99.99' })),
  );
  const before = performance.now();
  await finish();
  const seconds = (performance.now() - before) / 1000;
  console.info(`1,000 lines imported in ${seconds.toFixed(2)} s`);
  expect(await importStatus(importId)).toMatchObject({ state: 'done', accepted: 1_000, duplicates: 0, rejected: [] });
  expect(new Set((await waiting('99.99')).map(({ workerId }) => workerId)).size).toBe(1_000);
  expect(seconds).toBeLessThan(15);
});
