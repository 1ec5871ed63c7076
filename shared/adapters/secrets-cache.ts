/**
 * Secrets kept for five minutes. A rotation heals itself: on a mismatch a caller may ask for a fresh value, at most
 * once in thirty seconds, so that forged calls cannot make us ask without end (pitfall 13).
 */
import type * as z from 'zod';
import { Permanent, Transient } from '../errors.ts';
import { errorFields, type Log, SILENT_LOG } from '../logger.ts';
import { parseContract, parseJson } from '../parse.ts';

export interface ReadOptions {
  /** Asks the store again unless that was done in the last thirty seconds. */
  readonly fresh?: boolean;
}

export interface SecretReader {
  /** @returns undefined where the secret does not exist or has no value; the same object while the value is the same */
  read<Value>(name: string, schema: z.ZodType<Value>, options?: ReadOptions): Promise<Value | undefined>;
}

export interface SecretCacheOptions {
  /** The text of a secret by its name below the prefix; undefined where there is none. */
  readonly fetchText: (name: string) => Promise<string | undefined>;
  readonly monotonicMilliseconds?: () => number;
  readonly log?: Log;
}

const TIME_TO_LIVE_MILLISECONDS = 5 * 60_000;
const SHORTEST_REFETCH_MILLISECONDS = 30_000;

interface Entry {
  readonly text: string | undefined;
  readonly value: unknown;
  /** When the store was last asked, whether or not it answered. */
  askedAt: number;
  failed: boolean;
}

export function secretCache({
  fetchText,
  monotonicMilliseconds = () => performance.now(),
  log = SILENT_LOG,
}: SecretCacheOptions): SecretReader {
  const entries = new Map<string, Entry>();
  const underWay = new Map<string, Promise<Entry>>();

  async function fetchEntry(name: string, schema: z.ZodType<unknown>): Promise<Entry> {
    const known = entries.get(name);
    const askedAt = monotonicMilliseconds();
    try {
      const text = await fetchText(name);
      const isSame = known !== undefined && known.text === text;
      const value = isSame ? known.value : parsedValue(name, schema, text);
      return { text, value, askedAt, failed: false };
    } catch (error) {
      // A value that worked a moment ago beats none: the store's hiccup must not close the door.
      log.error('secret not read', { secret: name, keptOldValue: known !== undefined, ...errorFields(error) });
      if (known) return { ...known, askedAt, failed: true };
      throw error;
    }
  }

  function ask(name: string, schema: z.ZodType<unknown>): Promise<Entry> {
    const pending = underWay.get(name);
    if (pending) return pending;
    const asking = fetchEntry(name, schema)
      .then((entry) => {
        entries.set(name, entry);
        return entry;
      })
      .finally(() => underWay.delete(name));
    underWay.set(name, asking);
    return asking;
  }

  return {
    async read<Value>(name: string, schema: z.ZodType<Value>, { fresh = false }: ReadOptions = {}) {
      const known = entries.get(name);
      const age = known ? monotonicMilliseconds() - known.askedAt : Number.POSITIVE_INFINITY;
      const oldest = fresh || known?.failed ? SHORTEST_REFETCH_MILLISECONDS : TIME_TO_LIVE_MILLISECONDS;
      const entry = known && age < oldest ? known : await ask(name, schema);
      return entry.value as Value | undefined;
    },
  };
}

/** A secret somebody mistyped is repaired and tried again, so it is Transient; the detail names the field only. */
function parsedValue(name: string, schema: z.ZodType<unknown>, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return parseContract(schema, parseJson(text));
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    throw new Transient('unexpected_failure', { detail: `secret ${name}: ${error.message}` });
  }
}
