/** Time in Asia/Jakarta, which is seven hours ahead all year. */
const SHIFT_MILLISECONDS = 7 * 3_600_000;

/** `2026-12-01T08:00:00+07:00` */
export function wibTime(milliseconds: number): string {
  return `${shifted(milliseconds).slice(0, 19)}+07:00`;
}

/** `2026-12-01 08:00:00`, as Midtrans writes it. */
export function wibText(milliseconds: number): string {
  return shifted(milliseconds).slice(0, 19).replace('T', ' ');
}

/** `2026-12-01` */
export function wibDate(milliseconds: number): string {
  return shifted(milliseconds).slice(0, 10);
}

/** A civil date and an hour as an RFC 3339 time. */
export function at(date: string, time = '00:00'): string {
  return `${date}T${time}:00+07:00`;
}

function shifted(milliseconds: number): string {
  return new Date(milliseconds + SHIFT_MILLISECONDS).toISOString();
}
