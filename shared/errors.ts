/**
 * Errors carry a meaning, and the meaning decides what happens next:
 *
 * | class           | queue consumer                                  | state machine            |
 * | --------------- | ----------------------------------------------- | ------------------------ |
 * | Permanent       | kept in quarantine with its reason, acknowledged | fails the child, no retry |
 * | Transient       | retried, then dead-letter queue                  | retried with back-off    |
 * | Duplicate       | acknowledged, nothing to do                      | success                  |
 * | InvariantBroken | retried, then dead-letter queue, alarm           | fails the child, no retry |
 */
import type { ReasonCode } from './domain/reasons.ts';

export interface ReasonDetail {
  /** The field at fault, as the sender knows it, e.g. `data.amount`. */
  readonly field?: string | undefined;
  /** A sentence for a person; never holds personal data (I9). */
  readonly detail?: string | undefined;
  /** Every field at fault, where more than one was looked at; the first is `field`. */
  readonly faults?: readonly Fault[];
}

export interface Fault {
  readonly field: string;
  readonly reason: ReasonCode;
}

export class Permanent extends Error {
  override readonly name = 'Permanent';
  readonly reason: ReasonCode;
  readonly field: string | undefined;
  readonly faults: readonly Fault[];

  constructor(reason: ReasonCode, { field, detail, faults }: ReasonDetail = {}) {
    super(detail ?? (field ? `${reason}: ${field}` : reason));
    this.reason = reason;
    this.field = field;
    this.faults = faults ?? (field === undefined ? [] : [{ field, reason }]);
  }
}

export class Transient extends Error {
  override readonly name = 'Transient';
  readonly reason: ReasonCode;

  constructor(reason: ReasonCode, options?: { detail?: string; cause?: unknown }) {
    super(options?.detail ?? reason, { cause: options?.cause });
    this.reason = reason;
  }
}

export class Duplicate extends Error {
  override readonly name = 'Duplicate';
}

export type InvariantNumber = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9';

export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken';
  readonly invariant: InvariantNumber;

  constructor(invariant: InvariantNumber, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

export function assertInvariant(holds: boolean, invariant: InvariantNumber, detail: string): asserts holds {
  if (!holds) throw new InvariantBroken(invariant, detail);
}
