/**
 * Personal data, and nothing but: its own table and key (I9). Every person is sealed under a data key of their own,
 * kept in their row under a key of their shard; deleting the row deletes the only copy of the person's key, which erases
 * the person and leaves the books whole.
 * A person is found by a keyed hash of the NIK, because a plain hash of so few numbers can be turned back.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import type { ImportId, WorkerId } from '../domain/ids.ts';
import type { Nik } from '../domain/nik.ts';
import type { Person } from '../domain/worker.ts';
import { cardKeysOf } from './registrar-cards.ts';
import { SealedRows } from './sealed-rows.ts';
import type { VaultKeys } from './shard-keys.ts';
import {
  batchGet,
  deleteItem,
  getItem,
  type Key,
  type Row,
  type TransactItem,
  transact,
  vaultTableName,
} from './table.ts';

export interface VaultParts {
  readonly keys: VaultKeys;
  /** Never rotated: with another key nobody would be found again. */
  readonly identityKey: () => Promise<Uint8Array>;
  readonly now: Now;
}

/** Which roster line brought a person in first: so a line delivered again is told from a duplicate. */
export interface Origin {
  readonly importId: ImportId;
  readonly line: number;
}

export interface Registration {
  readonly workerId: WorkerId;
  readonly origin: Origin;
}

const WORKER_ID_BYTES = 10;

export class Vault {
  readonly #rows: SealedRows;
  readonly #identityKey: () => Promise<Uint8Array>;

  constructor({ keys, identityKey, now }: VaultParts) {
    this.#rows = new SealedRows(keys, now);
    this.#identityKey = identityKey;
  }

  /** Those of these numbers that are registered. */
  async findPeople(niks: readonly Nik[]): Promise<Map<Nik, Registration>> {
    const identityKey = await this.#identityKey();
    const nikOf = new Map(niks.map((nik) => [nikKeyOf(nik, identityKey), nik]));
    const rows = await batchGet([...nikOf.keys()].map(nikRowKey), { table: vaultTableName() });
    return new Map(rows.map((row) => [nikOf.get(row.pk as string) as Nik, registrationOf(row)]));
  }

  /**
   * Registers a person together with the rows the caller needs for the new worker, all or none: a crash leaves
   * nothing half done, and of two who race one wins and both are told the same worker.
   */
  async registerPerson(
    person: Person,
    origin: Origin,
    alongside: (workerId: WorkerId) => readonly TransactItem[],
  ): Promise<Registration> {
    const workerId = `wrk_${randomBytes(WORKER_ID_BYTES).toString('hex')}` as WorkerId;
    const nikKey = nikKeyOf(person.nik, await this.#identityKey());
    const sealed = await this.#rows.seal(personKey(workerId).pk, person);
    const result = await transact([
      putNew({ ...nikRowKey(nikKey), workerId, ...origin }),
      putNew({ ...personKey(workerId), nikKey, ...sealed }),
      ...alongside(workerId),
    ]);
    if (result.ok) return { workerId, origin };
    const taken = result.failed.find(({ index }) => index === 0)?.item ?? (await readVault(nikRowKey(nikKey)));
    if (!taken) throw new Error('a new worker was refused though the person is not registered');
    return registrationOf(taken);
  }

  /** Null where nobody has that id, or the person was erased. */
  async readPerson(workerId: WorkerId): Promise<Person | null> {
    const row = await readVault(personKey(workerId));
    return row ? ((await this.#rows.open(row)) as Person) : null;
  }

  /**
   * Fetches many at once, still sealed; each is opened when it is asked for, and fails alone. Who came or went within
   * the last second may be seen as before.
   */
  async readPeople(workerIds: readonly WorkerId[]): Promise<(workerId: WorkerId) => Promise<Person | null>> {
    const rows = await batchGet(workerIds.map(personKey), { table: vaultTableName(), consistent: false });
    const rowOf = new Map(rows.map((row) => [row.pk as string, row]));
    return async (workerId) => {
      const row = rowOf.get(personKey(workerId).pk);
      return row ? ((await this.#rows.open(row)) as Person) : null;
    };
  }

  /** Erases for ever; erasing again does nothing. */
  async erasePerson(workerId: WorkerId): Promise<void> {
    const row = await readVault(personKey(workerId));
    if (!row) return;
    for (const key of await cardKeysOf(workerId)) await deleteItem(key, vaultTableName());
    const { ok } = await transact([
      {
        Delete: {
          TableName: vaultTableName(),
          Key: nikRowKey(row.nikKey as string),
          // Never the number of somebody who came back as another worker.
          ConditionExpression: 'attribute_not_exists(pk) OR workerId = :workerId',
          ExpressionAttributeValues: { ':workerId': workerId },
        },
      },
      { Delete: { TableName: vaultTableName(), Key: { ...personKey(workerId) } } },
    ]);
    if (!ok) await deleteItem(personKey(workerId), vaultTableName());
  }
}

function nikKeyOf(nik: Nik, identityKey: Uint8Array): string {
  return `NIK#${createHmac('sha256', identityKey).update(nik).digest('hex')}`;
}

function nikRowKey(nikKey: string): { pk: string; sk: string } {
  return { pk: nikKey, sk: 'NIK' };
}

function personKey(workerId: WorkerId): Key {
  return { pk: `WORKER#${workerId}`, sk: 'PERSON' };
}

function registrationOf(row: Row): Registration {
  return {
    workerId: row.workerId as WorkerId,
    origin: { importId: row.importId as ImportId, line: row.line as number },
  };
}

function readVault(key: Key): Promise<Row | undefined> {
  return getItem(key, { table: vaultTableName() });
}

function putNew(item: Row): TransactItem {
  return {
    Put: {
      TableName: vaultTableName(),
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
