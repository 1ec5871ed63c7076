/** For which tariff the covers that run were looked through last. */
import type { Instant } from '../domain/dates.ts';
import { getItem, putItem } from './table.ts';

const KEY = { pk: 'TARIFFS', sk: 'SWEPT' };

/** @returns its digest */
export async function sweptTariff(): Promise<string | null> {
  return ((await getItem(KEY))?.digest as string | undefined) ?? null;
}

export async function markTariffSwept(digest: string, at: Instant): Promise<void> {
  await putItem({ Item: { ...KEY, type: 'tariff', digest, sweptAt: at } });
}
