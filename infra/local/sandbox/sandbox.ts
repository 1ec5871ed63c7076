/**
 * The status APIs of Midtrans and Xendit on this machine, for a system whose `statusApi` points here, and Midtrans' charge
 * API (`chargeApi`). It knows the payments it was told of or asked for, through any stop of the engine, and can be told
 * to be slow, wrong, ignorant or down.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../../../shared/gateways/message-bytes.ts';
import { chargedTransaction } from './charges.ts';
import { SANDBOXES } from './documents.ts';
import { openTransactions, type Transactions } from './transactions.ts';

export const MOODS = ['normal', 'slow', 'wrong', 'unknown', 'down'] as const;
export type Mood = (typeof MOODS)[number];

export interface SandboxAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

export interface Sandbox {
  /** @returns where it can be asked about; undefined where the notification tells of no payment */
  tell(gateway: string, notification: JsonObject): string | undefined;
  /** Of Xendit, which has a list of them. */
  readonly transactions: Transactions;
  /** Makes an account to pay an order to. Asked for the same order again, it is refused as Midtrans does. */
  charge(request: unknown): Promise<SandboxAnswer>;
  /** @param path below the gateway's address, with its query */
  answer(gateway: string, path: string): Promise<SandboxAnswer>;
  /** How it answers from now on: everywhere, or at one path. */
  behave(
    gateway: string,
    mood: Mood,
    options?: { readonly path?: string | undefined; readonly seconds?: number | undefined },
  ): void;
  close(): void;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS documents (
  place TEXT NOT NULL, listed_as TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (place, listed_as)
) STRICT;`;
const DEFAULT_SLOW_SECONDS = 15;
const AMOUNTS =
  /^(gross_amount|amount|net_amount|paid_amount|request_amount|capture_amount|charge_amount|refund_amount|initial)$/;

export const CHARGE_PATH = '/v2/charge';
const DOWN: SandboxAnswer = { status: 503, body: { status_code: '503', message: 'told to be down' } };

interface Behaviour {
  readonly mood: Mood;
  readonly seconds: number;
}

export function openSandbox(folder: string): Sandbox {
  const database = new DatabaseSync(join(folder, 'sandbox.sqlite'));
  database.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`);
  const put = database.prepare('INSERT OR REPLACE INTO documents VALUES (?, ?, ?)');
  const putFirst = database.prepare('INSERT OR IGNORE INTO documents VALUES (?, ?, ?)');
  const find = database.prepare('SELECT listed_as, document FROM documents WHERE place = ?');
  const behaviours = new Map<string, Behaviour>();
  const transactions = openTransactions(database);

  function known(place: string): JsonObject | undefined {
    const rows = find.all(place) as { listed_as: string; document: string }[];
    const documents = rows.map(({ document }) => JSON.parse(document) as JsonObject);
    return rows[0]?.listed_as ? { data: documents } : documents[0];
  }

  function documentAt(gateway: string, path: string): JsonObject | undefined {
    const [, query] = gateway === 'xendit' ? (/^\/transactions(?:\?(.*))?$/.exec(path) ?? []) : [];
    return query === undefined ? known(`${gateway}${path}`) : transactions.list(new URLSearchParams(query));
  }

  async function moodAt(gateway: string, path: string): Promise<{ mood: Mood; isDown: boolean }> {
    const behaviour = behaviours.get(`${gateway}${path}`) ?? behaviours.get(gateway);
    const { mood, seconds } = behaviour ?? { mood: 'normal', seconds: 0 };
    if (mood === 'slow') await sleep(seconds * 1000);
    return { mood, isDown: mood === 'down' };
  }

  return {
    transactions,
    tell(gateway, notification) {
      const told = SANDBOXES[gateway]?.(notification);
      if (!told) return undefined;
      if (gateway === 'xendit') transactions.tell(notification);
      const write = told.isWaiting ? putFirst : put;
      write.run(`${gateway}${told.path}`, told.listedAs ?? '', JSON.stringify(told.document));
      return told.path;
    },
    async charge(request) {
      const { isDown } = await moodAt('midtrans', CHARGE_PATH);
      if (isDown) return DOWN;
      const transaction = chargedTransaction(request);
      if (!transaction) return { status: 400, body: { status_code: '400', status_message: 'no charge' } };
      const places = [transaction.order_id, transaction.transaction_id].map((id) => `midtrans/v2/${id}/status`);
      // As HTTP 200 with the real code in the body.
      if (known(places[0] as string)) return { status: 200, body: { status_code: '406' } };
      for (const place of places) putFirst.run(place, '', JSON.stringify(transaction));
      return { status: 201, body: transaction };
    },
    async answer(gateway, path) {
      const { mood, isDown } = await moodAt(gateway, path);
      if (isDown) return DOWN;
      const document = mood === 'unknown' ? undefined : documentAt(gateway, path);
      if (!document) return { status: 404, body: { status_code: '404', error_code: 'DATA_NOT_FOUND' } };
      return { status: 200, body: mood === 'wrong' ? (withOtherAmounts(document) as JsonObject) : document };
    },
    behave(gateway, mood, { path = '', seconds = DEFAULT_SLOW_SECONDS } = {}) {
      behaviours.set(`${gateway}${path}`, { mood, seconds });
    },
    close: () => database.close(),
  };
}

/** Another amount wherever there is one, of the same form. */
function withOtherAmounts(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withOtherAmounts(item));
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withOtherAmounts(inner, name)]));
  if (!AMOUNTS.test(key)) return value;
  return typeof value === 'string' ? `1${value}` : typeof value === 'number' ? value + 1_000 : value;
}
