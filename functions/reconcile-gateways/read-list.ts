/** Reads a gateway's list on from where the last run stopped; a run that breaks off goes on at the page it was at. */
import { addSeconds, civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import type { PaymentListPort } from '../../shared/ports/payment-list.ts';
import type { ListCursor } from '../../shared/store/reconciliations.ts';
import { type SettleListedDependencies, settleListed } from './settle-listed.ts';

export interface ReadListDependencies extends SettleListedDependencies {
  readonly readListCursor: (gateway: string) => Promise<ListCursor | null>;
  readonly saveListCursor: (gateway: string, cursor: ListCursor) => Promise<void>;
}

/** What is younger may have its notice on the way. */
const PATIENCE_SECONDS = 900;
/** Where nobody read before: as long as the most patient gateway tries to send a notice. */
const FIRST_LOOK_SECONDS = 7 * 86_400;
const NEXT_SECONDS = 0.001;

/** @returns how far it has been read, and what of today's reading matched */
export async function readList(
  gateway: string,
  list: PaymentListPort,
  dependencies: ReadListDependencies,
): Promise<ListCursor> {
  const known = (await dependencies.readListCursor(gateway)) ?? firstCursor(dependencies.now());
  const resumed = known.reading ? await readWindow(gateway, list, known, known.reading, dependencies) : known;
  const until = addSeconds(dependencies.now(), -PATIENCE_SECONDS);
  if (until <= resumed.readUntil) return resumed;
  return readWindow(gateway, list, resumed, { until, after: null }, dependencies);
}

function firstCursor(now: Instant): ListCursor {
  const matched = { date: civilDateOf(now), count: 0, amountRupiah: 0 };
  return { readUntil: addSeconds(now, -FIRST_LOOK_SECONDS), matched };
}

async function readWindow(
  gateway: string,
  list: PaymentListPort,
  start: ListCursor,
  { until, after: first }: { readonly until: Instant; readonly after: string | null },
  dependencies: ReadListDependencies,
): Promise<ListCursor> {
  let cursor = start;
  let after = first;
  do {
    const page = await list.page({ from: addSeconds(start.readUntil, NEXT_SECONDS), until, after });
    const amounts: number[] = [];
    for (const listed of page.items) {
      const amountRupiah = await settleListed(gateway, listed, dependencies);
      if (amountRupiah !== null) amounts.push(amountRupiah);
    }
    after = page.next;
    const matched = withMatched(cursor.matched, amounts, dependencies.now());
    cursor =
      after === null
        ? { readUntil: until, matched }
        : { readUntil: start.readUntil, reading: { until, after }, matched };
    await dependencies.saveListCursor(gateway, cursor);
  } while (after !== null);
  return cursor;
}

function withMatched(matched: ListCursor['matched'], amounts: readonly number[], now: Instant): ListCursor['matched'] {
  const date = civilDateOf(now);
  const before = matched.date === date ? matched : { count: 0, amountRupiah: 0 };
  const amountRupiah = amounts.reduce((sum, amount) => sum + amount, before.amountRupiah);
  return { date, count: before.count + amounts.length, amountRupiah };
}
