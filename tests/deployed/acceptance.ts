/** Which acceptance tests and drills a deployed stage answers, and which of them it answers otherwise. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Those that bring no clock of their own. Each group has a stage to itself and runs in this order: its tests compare
 * balances before and after, so no other may book in between, and only the first begins with nothing.
 */
const GROUPS = {
  payments: [
    'drills/same-event-fifty-times',
    'acceptance/payments-once',
    'acceptance/pledges',
    'acceptance/operators-api',
  ],
  office: ['acceptance/registrar-office', 'acceptance/refused-input', 'acceptance/odd-input'],
  held: ['acceptance/held-input', 'acceptance/roster-import'],
} as const;
/** The settings of a stage that differ from the usual, as its first test asks for them. */
export const GROUP_SETTINGS: Readonly<Partial<Record<keyof typeof GROUPS, unknown>>> = {
  office: { registrar: { kind: 'file' } },
};
export const ACCEPTANCE_GROUPS = Object.keys(GROUPS) as (keyof typeof GROUPS)[];

const PROJECT = resolve(import.meta.dirname, '../..');

/** A file that was renamed must not be left out unnoticed. */
export function filesOf(group: keyof typeof GROUPS): string[] {
  const files = GROUPS[group].map((name) => `tests/${name}.test.ts`);
  const missing = files.filter((file) => !existsSync(join(PROJECT, file)));
  if (missing.length > 0) throw new Error(`${missing.join(', ')}: not there`);
  return files;
}

export interface Difference {
  readonly test: string;
  readonly reason: string;
}

const TEXT =
  'An HTTP API hands JSON over as text: bytes that are no UTF-8 are replaced before the function sees them, so their signature is no longer theirs and the answer is 401 instead of 400.';

/** What only the embedded engine can do, whose door sees the very bytes. */
export const DIFFERENCES: readonly Difference[] = [
  { test: '400 malformed_body answers a notification > that is no UTF-8', reason: TEXT },
  { test: '400 malformed_body answers a notification > of a partner, signed but no UTF-8', reason: TEXT },
];

/** A pattern of test names that leaves these out. */
export function allBut(differences: readonly Difference[]): string {
  const names = differences.map(({ test }) => test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^(?!.*(${names.join('|')})$)`;
}
