/**
 * Donors in the vault, each known once. A keyed hash of each contact leads to the donor it was first given for, for
 * ever: a link is made once and never turned. What a donor is called and how one is reached is sealed beside it.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import type { DonorContact } from '../domain/canonical-event.ts';
import { contactKeys, type DonorId, donorAmong } from '../domain/donor.ts';
import { digest } from '../domain/ids.ts';
import type { Language } from '../domain/worker.ts';
import { Transient } from '../errors.ts';
import { SealedRows } from './sealed-rows.ts';
import {
  batchGet,
  deleteItem,
  type Key,
  putItem,
  queryAll,
  type Row,
  type TransactItem,
  transact,
  vaultTableName,
} from './table.ts';
import type { VaultParts } from './vault.ts';

export interface DonorPerson extends DonorContact {
  readonly kind?: string;
  readonly language?: Language;
}

const DONOR_ID_BYTES = 10;
const TRIES = 8;

export class Donors {
  readonly #rows: SealedRows;
  readonly #identityKey: () => Promise<Uint8Array>;
  readonly #now: Now;

  constructor({ keys, identityKey, now }: VaultParts) {
    this.#rows = new SealedRows(keys, now);
    this.#identityKey = identityKey;
    this.#now = now;
  }

  /**
   * Finds or makes the donor of a contact and keeps what is new about them; doing it again finds the same.
   *
   * @returns null for who leaves no contact: nobody is kept
   * @throws Transient `contention`
   */
  async keepDonor(person: DonorPerson): Promise<DonorId | null> {
    const links = await this.#linkKeys(person);
    if (links.length === 0) return null;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const known = await knownLinks(links);
      const donorId = donorAmong(links.map((link) => known.get(link))) ?? newDonorId();
      const missing = links.filter((link) => !known.has(link));
      const row = await this.#personRow(donorId, links, person);
      // Who gives often, and many gifts at once, stands in nobody's way: only new links need a transaction.
      const { ok } =
        missing.length > 0
          ? await transact([...missing.map((link) => putLink(link, donorId)), { Put: row }])
          : await putItem(row);
      if (ok) return donorId;
    }
    throw new Transient('contention', { detail: `the contacts of a donor changed ${TRIES} times` });
  }

  /** All that was told of a donor, the latest word on each; null where nobody has that id, or was erased. */
  async readDonor(donorId: DonorId): Promise<DonorPerson | null> {
    const rows = (await personRows(donorId)).sort((a, b) => ((a.keptAt as string) < (b.keptAt as string) ? -1 : 1));
    if (rows.length === 0) return null;
    const told = await Promise.all(rows.map((row) => this.#rows.open(row) as Promise<DonorPerson>));
    return Object.assign({}, ...told);
  }

  /** Erases for ever, the ways to be found included; the books keep an id that leads nowhere. Again it does nothing. */
  async eraseDonor(donorId: DonorId): Promise<void> {
    const rows = await personRows(donorId);
    const links = [...new Set(rows.flatMap((row) => row.links as string[]))];
    const known = await knownLinks(links);
    for (const link of links) if (known.get(link) === donorId) await deleteItem(linkKey(link), vaultTableName());
    for (const { pk, sk } of rows) await deleteItem({ pk, sk } as Key, vaultTableName());
  }

  async #linkKeys(person: DonorPerson): Promise<string[]> {
    const contacts = contactKeys(person);
    if (contacts.length === 0) return [];
    const key = await this.#identityKey();
    return contacts.map((contact) => createHmac('sha256', key).update(contact).digest('hex'));
  }

  /** A row for each set of contacts a donor used: who gives with a telephone only today keeps yesterday's address. */
  async #personRow(donorId: DonorId, links: readonly string[], person: DonorPerson) {
    const key = { pk: `DONOR#${donorId}`, sk: `CONTACT#${digest(links.join(), 32)}` };
    const Item = { ...key, links, keptAt: this.#now(), ...(await this.#rows.seal(key.pk, person)) };
    return { TableName: vaultTableName(), Item };
  }
}

function newDonorId(): DonorId {
  return `dnr_${randomBytes(DONOR_ID_BYTES).toString('hex')}` as DonorId;
}

function linkKey(link: string): Key {
  return { pk: `DONORCONTACT#${link}`, sk: 'LINK' };
}

async function knownLinks(links: readonly string[]): Promise<Map<string, DonorId>> {
  const rows = await batchGet(links.map(linkKey), { table: vaultTableName() });
  return new Map(rows.map((row) => [(row.pk as string).slice('DONORCONTACT#'.length), row.donorId as DonorId]));
}

function putLink(link: string, donorId: DonorId): TransactItem {
  return {
    Put: {
      TableName: vaultTableName(),
      Item: { ...linkKey(link), donorId },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
}

function personRows(donorId: DonorId): Promise<Row[]> {
  return queryAll({
    TableName: vaultTableName(),
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `DONOR#${donorId}` },
  });
}
