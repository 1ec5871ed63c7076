/** Times that carry no zone, of senders whose documentation says in which zone they write. */
import { type Instant, parseInstant } from '../domain/dates.ts';

export type DocumentedZone = 'Z' | '+07:00';

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?$/;

/** @throws Permanent `field_invalid`, naming the field */
export function instantIn(zone: DocumentedZone, value: unknown, field: string): Instant {
  return parseInstant(typeof value === 'string' && WITHOUT_ZONE.test(value) ? `${value}${zone}` : value, field);
}
