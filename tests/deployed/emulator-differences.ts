/**
 * What an emulator of AWS cannot do of the acceptance tests, by name and with the reason; docs/deployed.md tells more.
 * Against AWS itself nothing is left out.
 */
export interface Difference {
  readonly test: string;
  readonly reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    test: 'of a partner, signed but no UTF-8',
    reason:
      'An HTTP API hands JSON over as text, so bytes that are no UTF-8 are replaced before the function sees them and the signature is no longer theirs: refused with 401 instead of 400.',
  },
];

/** Those that bring no clock, no configuration and no empty system of their own. */
export const ACCEPTANCE_FILES = ['bad-input', 'operators-api', 'payments-once', 'pledges', 'roster-import'].map(
  (name) => `tests/acceptance/${name}.test.ts`,
);

/** A pattern of test names that leaves these out. */
export function allBut(differences: readonly Difference[]): string {
  const names = differences.map(({ test }) => test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return `^(?!.*(${names.join('|')}))`;
}
