/** Reads the values of flags; what cannot be read is wrong use, said at once. */
import { InvalidArgumentError } from 'commander';
import { parseInstant } from '../../shared/domain/dates.ts';
import { addDuration, DURATION } from '../local/durations.ts';

export function wholeRupiah(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Whole rupiah, digits only, such as 50400.');
  return Number(text);
}

export function positiveCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('A whole number from 1.');
  return Number(text);
}

export function instantMilliseconds(text: string): number {
  try {
    return Date.parse(parseInstant(text, 'the time'));
  } catch {
    throw new InvalidArgumentError('A time with its zone, such as 2026-12-01T08:00:00+07:00.');
  }
}

/** `P3M`, `PT48H`, and what people type: `48h`, `30d`, `10m`, `5s`. */
export function duration(text: string): string {
  const short = /^(\d+)([dhms])$/i.exec(text);
  const unit = short?.[2]?.toUpperCase();
  const written = short ? (unit === 'D' ? `P${short[1]}D` : `PT${short[1]}${unit}`) : text.toUpperCase();
  if (!DURATION.test(written)) throw new InvalidArgumentError('A duration such as PT48H, P30D, 48h or 30d.');
  if (durationMilliseconds(written) <= 0) throw new InvalidArgumentError('A duration longer than nothing.');
  return written;
}

/** Months and years as they were in 1970: exact for days and less, near enough for the rest. */
export function durationMilliseconds(written: string): number {
  return addDuration(0, written);
}

/** For flags that may be given many times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
