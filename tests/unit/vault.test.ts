import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CivilDate } from '../../shared/domain/dates.ts';
import type { ImportId, WorkerId } from '../../shared/domain/ids.ts';
import type { Nik } from '../../shared/domain/nik.ts';
import type { Person } from '../../shared/domain/worker.ts';
import { getItem, putItem, scanPages, vaultTableName } from '../../shared/store/table.ts';
import { Vault } from '../../shared/store/vault.ts';
import { startTestTables } from './store/engine.ts';
import { memoryVaultKeys } from './store/memory-vault-keys.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const keys = memoryVaultKeys();
const vault = new Vault({ keys, identityKey: async () => Buffer.alloc(32, 7) });

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

describe('erasing', () => {
  it('leaves nothing of the person, and again does nothing', async () => {
    const before = (await vaultRows()).length;
    const person = somebody();
    const { workerId } = await register(person);
    await vault.erasePerson(workerId);
    await vault.erasePerson(workerId);
    expect(await vault.readPerson(workerId)).toBeNull();
    expect(await vaultRows()).toHaveLength(before);
    expect(await getItem({ pk: `WORKER#${workerId}`, sk: 'WORKER' })).toBeDefined();
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

it('keeps donors the same way', async () => {
  await vault.putDonor('don_1', { name: 'PT Contoh', email: 'halo@contoh.example' });
  await vault.putDonor('don_1', { name: 'PT Contoh', email: 'baru@contoh.example', kind: 'corporate', language: 'id' });
  expect(await vault.readDonor('don_1')).toEqual({
    name: 'PT Contoh',
    email: 'baru@contoh.example',
    kind: 'corporate',
    language: 'id',
  });
  await vault.eraseDonor('don_1');
  expect(await vault.readDonor('don_1')).toBeNull();
});
