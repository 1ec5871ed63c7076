/**
 * The contract of a gateway adapter: verify the exact bytes, say what they mean, say what to answer.
 * Adapters are pure: no network, no clock; the caller hands in secrets and the time.
 */
import type { CanonicalEvent, DonorContact } from '../domain/canonical-event.ts';
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';

export interface InboundMessage {
  readonly method: string;
  /** The path as the sender signed it, without the stage. */
  readonly path: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
  /** When it came to our door: the last resort for a message that names no time. */
  readonly receivedAt?: Instant;
}

export type Verification =
  /** `secretIndex`: which of our secrets matched; 0 is the current one. */
  | {
      readonly authentic: true;
      readonly secretIndex: number;
      /** What an engineer should know about it though it is good, such as how its body was written down to be signed. */
      readonly remarks?: readonly string[];
    }
  | { readonly authentic: false; readonly reason: ReasonCode };

export interface Interpretation {
  readonly events: readonly CanonicalEvent[];
  /** True where the message is authentic and means nothing to our books (acknowledged and kept). */
  readonly ignored: boolean;
  /** Stable for the same message sent again; shown to people, never trusted for money. */
  readonly deliveryKey: string;
  readonly donor: DonorContact | null;
  /** True where the answer is all the caller wants (a token): nothing is queued, nothing kept. */
  readonly handshake?: true;
}

export interface Acknowledgement {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Gateway<Secrets = never> {
  readonly name: string;
  /** Constant-time; never throws on hostile input. */
  verify(message: InboundMessage, secrets: Secrets, now: Instant): Verification;
  /** Stable for the same message sent again, readable or not; never throws. */
  deliveryKey(message: InboundMessage): string;
  /**
   * @throws Permanent `malformed_body` where the bytes are no message at all (answered 400), any other reason where
   * the message is authentic but cannot be booked (acknowledged, kept in quarantine, nothing lost)
   */
  interpret(message: InboundMessage, secrets: Secrets): Interpretation;
  acknowledge(message: InboundMessage, secrets: Secrets, now: Instant): Acknowledgement;
  /** Where the gateway wants refusals in its own form; elsewhere they are problem documents. */
  refusal?(
    message: InboundMessage,
    reason: ReasonCode,
    status: number,
    secrets: Secrets,
    now: Instant,
  ): Acknowledgement;
}

/** Says no more than that it is kept: what becomes of it is nobody's business but ours. */
export const ACCEPTED: Acknowledgement = {
  status: 200,
  body: '{"accepted":true}',
  headers: { 'content-type': 'application/json' },
};
