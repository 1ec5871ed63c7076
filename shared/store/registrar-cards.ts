/**
 * Cards of members. Their numbers lie in the vault beside the person, sealed; that a card waits to be handed over, and
 * when it was, lies in the books by region, beside the cover and never in it.
 */
import type { Now } from '../clock.ts';
import type { Cover } from '../domain/cover.ts';
import type { CivilDate, Instant } from '../domain/dates.ts';
import { type CoverId, type WorkerId, workerIdOfCover } from '../domain/ids.ts';
import { SealedRows } from './sealed-rows.ts';
import type { VaultKeys } from './shard-keys.ts';
import {
  batchGet,
  getItem,
  type Key,
  queryAll,
  type Row,
  type TransactItem,
  updateItem,
  vaultTableName,
} from './table.ts';

type OfRegion = Pick<Cover, 'coverId' | 'region'>;

/** What the books know of a card. */
export interface CardRow extends OfRegion {
  readonly receivedAt: Instant;
  readonly handedOverOn?: CivilDate;
}

function handoverKey({ coverId, region }: OfRegion): Key {
  return { pk: `CARDS#${region}`, sk: coverId };
}

export async function readCard(cover: OfRegion): Promise<CardRow | null> {
  return ((await getItem(handoverKey(cover))) as unknown as CardRow | undefined) ?? null;
}

/** The cards there are of these covers, by cover. */
export async function readCards(covers: readonly OfRegion[]): Promise<Map<CoverId, CardRow>> {
  const rows = (await batchGet(covers.map(handoverKey))) as unknown as CardRow[];
  return new Map(rows.map((row) => [row.coverId, row]));
}

/** All cards of a region, handed over or not. */
export async function cardsOfRegion(region: string): Promise<CardRow[]> {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `CARDS#${region}` },
  });
  return rows as unknown as CardRow[];
}

/** Once: another day is refused. @returns false where there is no such card, or it was handed over on another day */
export async function noteHandedOver(cover: OfRegion, on: CivilDate, by: string): Promise<boolean> {
  const { ok } = await updateItem({
    Key: handoverKey(cover),
    UpdateExpression: 'SET handedOverOn = :on, handedOverBy = :by',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(handedOverOn) OR handedOverOn = :on)',
    ExpressionAttributeValues: { ':on': on, ':by': by },
  });
  return ok;
}

/** Numbers of cards: what only the vault holds. */
export class CardVault {
  readonly #rows: SealedRows;

  constructor({ keys, now }: { readonly keys: VaultKeys; readonly now: Now }) {
    this.#rows = new SealedRows(keys, now);
  }

  /** The writes that take in the card of a cover, refused where it has one. */
  async puts({ coverId, region }: OfRegion, cardNumber: string, receivedAt: Instant): Promise<TransactItem[]> {
    const key = numberKey(coverId);
    const sealed = await this.#rows.seal(key.pk as string, { cardNumber });
    const waiting: Row = { ...handoverKey({ coverId, region }), type: 'card', coverId, region, receivedAt };
    return [
      { Put: { Item: waiting, ConditionExpression: 'attribute_not_exists(pk)' } },
      {
        Put: {
          TableName: vaultTableName(),
          Item: { ...key, ...sealed },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      },
    ];
  }

  /** The numbers known of these covers; none where the person was erased. */
  async numbersOf(coverIds: readonly CoverId[]): Promise<Map<CoverId, string>> {
    const rows = await batchGet(coverIds.map(numberKey), { table: vaultTableName() });
    const opened = await Promise.all(
      rows.map(async (row) => {
        const { cardNumber } = (await this.#rows.open(row)) as { cardNumber: string };
        return [(row.sk as string).slice(CARD.length) as CoverId, cardNumber] as const;
      }),
    );
    return new Map(opened);
  }
}

/** Beside the person, so that who is erased takes them along. */
const CARD = 'CARD#';

function numberKey(coverId: CoverId): Key {
  return { pk: `WORKER#${workerIdOfCover(coverId)}`, sk: `${CARD}${coverId}` };
}

/** Where the numbers of a person's cards lie in the vault. */
export async function cardKeysOf(workerId: WorkerId): Promise<Key[]> {
  const rows = await queryAll({
    TableName: vaultTableName(),
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :card)',
    ExpressionAttributeValues: { ':pk': `WORKER#${workerId}`, ':card': CARD },
    ProjectionExpression: 'pk, sk',
  });
  return rows.map(({ pk, sk }) => ({ pk, sk }) as Key);
}
