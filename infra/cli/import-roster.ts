/** Hands a roster in and waits for its result: for `lingkaran import` and the example campaign. */
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Target } from './api.ts';
import { formatCount } from './format.ts';

export interface ImportResult {
  readonly importId: string;
  readonly state: string;
  readonly accepted: number;
  readonly reactivated?: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly line: number; readonly column: string; readonly reason: string }[];
}

const DONE = new Set(['done', 'completed', 'finished', 'failed']);
const POLL_MILLISECONDS = 250;
const SAY_EVERY_MILLISECONDS = 10_000;

/** Hands the roster in and waits until every line was taken or refused. */
export async function importRoster(
  target: Target,
  csv: string,
  progress: (line: string) => void,
): Promise<ImportResult> {
  const { importId } = await call<{ importId: string }>(target, 'POST', '/api/worker-imports', {
    text: { contentType: 'text/csv; charset=utf-8', body: csv },
  });
  const path = `/api/worker-imports/${encodeURIComponent(importId)}`;
  for (let waitedMilliseconds = 0; ; waitedMilliseconds += POLL_MILLISECONDS) {
    const result = await call<Omit<ImportResult, 'importId'>>(target, 'GET', path);
    if (DONE.has(result.state)) return { ...result, importId };
    if (waitedMilliseconds > 0 && waitedMilliseconds % SAY_EVERY_MILLISECONDS === 0) {
      progress(`${importId}: ${result.state}, ${formatCount(result.accepted)} accepted so far`);
    }
    await pause(POLL_MILLISECONDS);
  }
}
