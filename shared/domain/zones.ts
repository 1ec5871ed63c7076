/**
 * The clock on the wall where a worker lives. Indonesia has three zones without daylight saving, by province (Keppres
 * 41/1987 with the provinces split off since); the first two digits of a region are its province.
 */
import { type CivilDate, type Instant, instantFromMilliseconds } from './dates.ts';

export const ZONES = ['WIB', 'WITA', 'WIT'] as const;
export type Zone = (typeof ZONES)[number];

/** Hours of the day in which messages may come: `[fromHour, untilHour)`. */
export interface HoursOfDay {
  readonly fromHour: number;
  readonly untilHour: number;
}

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;
const OFFSET_HOURS: Readonly<Record<Zone, number>> = { WIB: 7, WITA: 8, WIT: 9 };

/** Bali and Nusa Tenggara, Kalimantan in the south, east and north, Sulawesi. */
const WITA = new Set(['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76']);
/** Maluku and Papua with its new provinces: 93 south, 94 central, 95 highlands, 96 south-west. */
const WIT = new Set(['81', '82', '91', '92', '93', '94', '95', '96']);

/** @param region `33.72`, or a province alone; one we do not know keeps the time of Jakarta */
export function zoneOf(region: string): Zone {
  const province = region.slice(0, 2);
  if (WITA.has(province)) return 'WITA';
  return WIT.has(province) ? 'WIT' : 'WIB';
}

/** Milliseconds as if the zone's clock were that of UTC. */
function wallMilliseconds(at: Instant, zone: Zone): number {
  return Date.parse(at) + OFFSET_HOURS[zone] * HOUR_MILLISECONDS;
}

/** 0 to 23. */
export function hourIn(zone: Zone, at: Instant): number {
  return Math.floor((wallMilliseconds(at, zone) % DAY_MILLISECONDS) / HOUR_MILLISECONDS);
}

export function dayIn(zone: Zone, at: Instant): CivilDate {
  return instantFromMilliseconds(wallMilliseconds(at, zone)).slice(0, 10) as CivilDate;
}

/** Null where a message may come now; else when the hours begin, today or tomorrow. */
export function heldUntil({ fromHour, untilHour }: HoursOfDay, zone: Zone, at: Instant): Instant | null {
  const hour = hourIn(zone, at);
  if (fromHour <= hour && hour < untilHour) return null;
  const midnight = wallMilliseconds(at, zone) - (wallMilliseconds(at, zone) % DAY_MILLISECONDS);
  const opens = midnight + fromHour * HOUR_MILLISECONDS + (hour < fromHour ? 0 : DAY_MILLISECONDS);
  return instantFromMilliseconds(opens - OFFSET_HOURS[zone] * HOUR_MILLISECONDS);
}
