/** Where a message goes that no retry can help: kept with its reason, listed to operators, released by a person. */
import type { ReasonCode } from '../domain/reasons.ts';

export interface QuarantineInput {
  /** The queue or function that stopped it. */
  readonly source: string;
  readonly reason: ReasonCode;
  readonly field?: string;
  readonly detail: string;
  /** The message as it came; personal data in it is sealed (I9). */
  readonly body: string;
  readonly receiveCount: number;
  /** The same message again must land on the same row. */
  readonly messageId: string;
}

export type Quarantine = (input: QuarantineInput) => Promise<void>;
