/** The tariff of this deployment: what is published, and what its settings add with the day it was published on. */
import type { CivilDate } from './domain/dates.ts';
import { PUBLISHED_TARIFF, publishedBy, type Tariff, withAdjustments } from './domain/tariff.ts';
import { settings } from './settings.ts';

/** Everything this deployment knows of, whenever it was published. */
export function knownTariff(): Tariff {
  return withAdjustments(PUBLISHED_TARIFF, settings().tariff.adjustments);
}

/** The tariff that whoever buys or pays on a day goes by. */
export function tariffInForce(today: CivilDate): Tariff {
  return publishedBy(knownTariff(), today);
}
