import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CivilDate, Instant } from '../../shared/domain/dates.ts';
import { coverIdOf, type ImportId, type WorkerId } from '../../shared/domain/ids.ts';
import type { Nik } from '../../shared/domain/nik.ts';
import type { Person } from '../../shared/domain/worker.ts';
import { CardVault } from '../../shared/store/registrar-cards.ts';
import type { VaultKeys } from '../../shared/store/shard-keys.ts';
import { getItem, putItem, scanPages, transact, vaultTableName } from '../../shared/store/table.ts';
import { Vault } from '../../shared/store/vault.ts';
import { startTestTables } from './store/engine.ts';
import { memoryVaultKeys } from './store/memory-vault-keys.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const keys = memoryVaultKeys();
let now = '2026-12-31T09:00:00.000Z' as Instant;
const anotherProcess = (masterKeys: VaultKeys = keys) =>
  new Vault({ keys: masterKeys, identityKey: async () => Buffer.alloc(32, 7), now: () => now });
const vault = anotherProcess();

let serial = 0;
function somebody(): Person {
  serial += 1;
  return {
    nik: `00000057089${String(serial).padStart(5, '0')}` as Nik,
    name: 'Sri Wahyuni',
    birthDate: '1990-08-17' as CivilDate,
    sex: 'female',
    phone: '+6281234567890',
    monthlyIncomeRupiah: null,
  };
}
const origin = { importId: 'imp_1' as ImportId, line: 2 };
const workerPut = (workerId: WorkerId) => [{ Put: { Item: { pk: `WORKER#${workerId}`, sk: 'WORKER' } } }];
const register = (person: Person, from = origin) => vault.registerPerson(person, from, workerPut);

async function vaultRows() {
  const rows = [];
  for await (const page of scanPages({ TableName: vaultTableName() })) rows.push(...page);
  return rows;
}

describe('a person', () => {
  it('is found by number and read back by worker id', async () => {
    const person = somebody();
    const { workerId } = await register(person);
    expect(workerId).toMatch(/^wrk_[0-9a-f]{20}$/);
    expect(await vault.readPerson(workerId)).toEqual(person);
    expect(await vault.findPeople([person.nik, somebody().nik])).toEqual(new Map([[person.nik, { workerId, origin }]]));
    expect(await getItem({ pk: `WORKER#${workerId}`, sk: 'WORKER' })).toBeDefined();
  });

  it('is fetched with others and opened alone', async () => {
    const [one, other] = [somebody(), somebody()];
    const ids = [(await register(one)).workerId, (await register(other)).workerId, 'wrk_nobody' as WorkerId];
    const readPerson = await vault.readPeople(ids);
    expect(await Promise.all(ids.map(readPerson))).toEqual([one, other, null]);
  });

  it('is nowhere in clear, not even the number (I9)', async () => {
    const person = somebody();
    await register(person);
    const rows = await vaultRows();
    const clear = JSON.stringify(rows, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const secret of [person.nik, person.name, person.phone as string, person.birthDate])
      expect(clear).not.toContain(secret);
  });

  it('is the same one however many bring them at once, with one worker in line', async () => {
    const person = somebody();
    const registrations = await Promise.all(
      Array.from({ length: 12 }, (_, index) => register(person, { ...origin, line: index + 2 })),
    );
    expect(new Set(registrations.map(({ workerId }) => workerId)).size).toBe(1);
    expect(new Set(registrations.map(({ origin: { line } }) => line)).size).toBe(1);
    const known = await vault.findPeople([person.nik]);
    expect(known.get(person.nik)).toEqual(registrations[0]);
  });

  it('has a data key that opens no other row', async () => {
    const one = await register(somebody());
    const other = await register(somebody());
    const stolen = await getItem({ pk: `WORKER#${one.workerId}`, sk: 'PERSON' }, { table: vaultTableName() });
    await putItem({
      TableName: vaultTableName(),
      Item: { ...stolen, pk: `WORKER#${other.workerId}` },
    });
    await expect(vault.readPerson(other.workerId)).rejects.toThrow();
  });
});

describe('the keys over the keys of people', () => {
  const shardKeys = async () => (await vaultRows()).filter(({ sk }) => sk === 'SHARDKEY');
  const PEOPLE = 200;

  it('are sixteen a year: thousands of people are sealed and opened with as many calls to the master key', async () => {
    const ids: WorkerId[] = [];
    for (let count = 0; count < PEOPLE; count += 1) ids.push((await register(somebody())).workerId);
    expect((await shardKeys()).length).toBeLessThanOrEqual(16);
    const counted = { ...keys, unwrapDataKey: vi.fn(keys.unwrapDataKey), createDataKey: vi.fn(keys.createDataKey) };
    const readPerson = await anotherProcess(counted).readPeople(ids);
    expect((await Promise.all(ids.map(readPerson))).every((person) => person?.name === 'Sri Wahyuni')).toBe(true);
    expect(counted.unwrapDataKey.mock.calls.length).toBeLessThanOrEqual(16);
    expect(counted.createDataKey).not.toHaveBeenCalled();
  });

  it('are made once, however many processes need the first at once', async () => {
    now = '2028-03-01T09:00:00.000Z' as Instant;
    const people = Array.from({ length: 12 }, somebody);
    const registered = await Promise.all(
      people.map((person) => anotherProcess().registerPerson(person, origin, workerPut)),
    );
    expect(new Set((await shardKeys()).map(({ pk }) => pk)).size).toBe((await shardKeys()).length);
    const readPerson = await anotherProcess().readPeople(registered.map(({ workerId }) => workerId));
    expect(await Promise.all(registered.map(({ workerId }) => readPerson(workerId)))).toEqual(people);
  });

  it('are new ones every year by the calendar of Jakarta, and the old ones open what they sealed', async () => {
    const person = somebody();
    now = '2026-12-31T16:59:00.000Z' as Instant;
    const { workerId } = await register(person);
    const keyOf = async (id: WorkerId) =>
      (await getItem({ pk: `WORKER#${id}`, sk: 'PERSON' }, { table: vaultTableName() }))!.keyId;
    expect(await keyOf(workerId)).toMatch(/^SHARDKEY#2026#\d\d$/);
    now = '2026-12-31T17:01:00.000Z' as Instant;
    const later = await register(somebody());
    expect(await keyOf(later.workerId)).toMatch(/^SHARDKEY#2027#\d\d$/);
    expect(await anotherProcess().readPerson(workerId)).toEqual(person);
  });

  it('are bound to their own rows: one cannot stand for another', async () => {
    const { workerId } = await register(somebody());
    const row = await getItem({ pk: `WORKER#${workerId}`, sk: 'PERSON' }, { table: vaultTableName() });
    const other = (await shardKeys()).find(({ pk }) => pk !== row!.keyId);
    await putItem({ TableName: vaultTableName(), Item: { ...row, keyId: other!.pk } });
    await expect(vault.readPerson(workerId)).rejects.toThrow();
    const own = await getItem({ pk: row!.keyId as string, sk: 'SHARDKEY' }, { table: vaultTableName() });
    const foreign = { ...own, pk: 'SHARDKEY#2026#99' };
    await putItem({ TableName: vaultTableName(), Item: foreign });
    await putItem({ TableName: vaultTableName(), Item: { ...row, keyId: foreign.pk } });
    await expect(anotherProcess().readPerson(workerId)).rejects.toThrow('not the key of this row');
  });

  it('are asked for again after five minutes, and after a failure at once', async () => {
    const { workerId } = await register(somebody());
    const unwrapDataKey = vi.fn(keys.unwrapDataKey).mockRejectedValueOnce(new Error('busy'));
    const process = anotherProcess({ ...keys, unwrapDataKey });
    await expect(process.readPerson(workerId)).rejects.toThrow('busy');
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    for (const milliseconds of [1_000, 300_999, 301_000]) {
      clock.mockReturnValue(milliseconds);
      expect(await process.readPerson(workerId)).not.toBeNull();
    }
    clock.mockRestore();
    expect(unwrapDataKey).toHaveBeenCalledTimes(3);
  });

  it('must be there for those they sealed', async () => {
    const { workerId } = await register(somebody());
    const row = await getItem({ pk: `WORKER#${workerId}`, sk: 'PERSON' }, { table: vaultTableName() });
    await putItem({ TableName: vaultTableName(), Item: { ...row, keyId: 'SHARDKEY#1999#00' } });
    await expect(vault.readPerson(workerId)).rejects.toThrow('the vault has no key SHARDKEY#1999#00');
  });
});

describe('erasing', () => {
  it('leaves nothing of the person, and again does nothing', async () => {
    const person = somebody();
    const { workerId } = await register(person);
    await vault.erasePerson(workerId);
    await vault.erasePerson(workerId);
    expect(await vault.readPerson(workerId)).toBeNull();
    expect(JSON.stringify(await vaultRows())).not.toContain(workerId);
    expect(await getItem({ pk: `WORKER#${workerId}`, sk: 'WORKER' })).toBeDefined();
  });

  it('takes the numbers of the person’s cards along, and nobody else’s', async () => {
    const [one, other] = [await register(somebody()), await register(somebody())];
    const cards = new CardVault({ keys, now: () => now });
    const [ofOne, ofOther] = [coverIdOf(one.workerId, 1), coverIdOf(other.workerId, 1)];
    for (const coverId of [ofOne, ofOther])
      await transact(await cards.puts({ coverId, region: '33.72' }, 'KPJ-1', now));
    expect(JSON.stringify(await vaultRows())).not.toContain('KPJ-1');
    await vault.erasePerson(one.workerId);
    expect(await cards.numbersOf([ofOne, ofOther])).toEqual(new Map([[ofOther, 'KPJ-1']]));
  });

  it('lets the person come back as another worker, whom erasing the first does not touch', async () => {
    const person = somebody();
    const first = await register(person);
    const kept = await getItem({ pk: `WORKER#${first.workerId}`, sk: 'PERSON' }, { table: vaultTableName() });
    await vault.erasePerson(first.workerId);
    const second = await register(person, { ...origin, line: 9 });
    expect(second.workerId).not.toBe(first.workerId);
    await putItem({ TableName: vaultTableName(), Item: kept! });
    await vault.erasePerson(first.workerId);
    expect(await vault.readPerson(first.workerId)).toBeNull();
    expect((await vault.findPeople([person.nik])).get(person.nik)).toEqual(second);
  });
});
