/** Errors over HTTP are RFC 9457 problem documents; the title is a sentence a person can act on. */
import { type ReasonCode, reasonText } from './domain/reasons.ts';
import { Duplicate, type Fault, Permanent, Transient } from './errors.ts';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable for programs, unlike the title. */
  readonly reason: ReasonCode;
  readonly errors?: readonly { readonly field: string; readonly reason: ReasonCode; readonly detail: string }[];
  readonly requestId?: string;
}

export interface ProblemDetail {
  readonly detail?: string | undefined;
  readonly faults?: readonly Fault[];
  readonly requestId?: string | undefined;
}

export function problemDocument(
  status: number,
  reason: ReasonCode,
  { detail, faults = [], requestId }: ProblemDetail = {},
): ProblemDocument {
  const title = reasonText(reason);
  return {
    type: `urn:lingkaran:problem:${reason}`,
    title,
    status,
    detail: detail ?? title,
    reason,
    ...(faults.length === 0 ? {} : { errors: faults.map((fault) => ({ ...fault, detail: reasonText(fault.reason) })) }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** A permanent refusal whose HTTP status says more than "bad request". */
const STATUS_OF_REASON: Partial<Record<ReasonCode, number>> = {
  not_found: 404,
  unknown_gateway: 404,
  missing_signature: 401,
  signature_mismatch: 401,
  token_mismatch: 401,
  not_allowed: 403,
  maker_is_checker: 403,
  receipt_number_taken: 409,
  receipt_decided: 409,
  event_contradiction: 409,
  cover_running: 409,
  nothing_to_renew: 409,
  worker_deceased: 409,
  policy_published: 409,
  policy_shares: 422,
  policy_past: 422,
  campaign_locked: 409,
  campaign_state: 409,
  campaign_name_taken: 409,
  campaign_not_ready: 422,
  recipient_not_listed: 403,
  body_too_large: 413,
};

/**
 * What a caller is told about any error. A refusal explains itself; everything else says no more than that it
 * failed, because an unexpected message may quote what must not leave the house (I9).
 */
export function problemOf(error: unknown, requestId?: string): ProblemDocument {
  if (error instanceof Permanent) {
    const status = STATUS_OF_REASON[error.reason] ?? 400;
    return problemDocument(status, error.reason, { detail: error.message, faults: error.faults, requestId });
  }
  if (error instanceof Transient) return problemDocument(503, error.reason, { requestId });
  if (error instanceof Duplicate) return problemDocument(409, 'duplicate_request', { requestId });
  return problemDocument(500, 'unexpected_failure', { requestId });
}
