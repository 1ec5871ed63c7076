/**
 * The door's judgement of one message, without its queue: what is refused and how, what is taken in as what. The
 * webhook function and `lingkaran verify` both run exactly this.
 */
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { PROBLEM_CONTENT_TYPE, type ProblemDetail, problemDocument } from '../problem.ts';
import type { Acknowledgement, InboundMessage, Interpretation, Verification } from './gateway.ts';
import type { BoundGateway } from './registry.ts';

export interface Refusal {
  readonly taken: false;
  readonly reason: ReasonCode;
  readonly response: Acknowledgement;
}

/** Authentic, but it cannot be booked as it is: taken in, so that a person can look at it. */
export interface Problem {
  readonly reason: ReasonCode;
  readonly field?: string;
  readonly detail?: string;
}

export interface Intake {
  readonly taken: true;
  readonly secretIndex: number;
  readonly interpretation: Omit<Interpretation, 'donor'>;
  readonly problem?: Problem;
  readonly remarks?: readonly string[];
  readonly response: Acknowledgement;
}

export type Decision = Refusal | Intake;

export const MAXIMUM_BODY_BYTES = 256 * 1024;

const STATUS_OF_REFUSAL: Partial<Record<ReasonCode, number>> = {
  body_too_large: 413,
  unknown_gateway: 404,
  malformed_body: 400,
  unsupported_content_type: 400,
  invalid_request: 400,
  queue_unavailable: 503,
};

/** Refusals not named above are about authenticity. */
const NOT_AUTHENTIC = 401;

export function refuse(reason: ReasonCode, detail: ProblemDetail = {}): Refusal {
  const status = STATUS_OF_REFUSAL[reason] ?? NOT_AUTHENTIC;
  const body = JSON.stringify(problemDocument(status, reason, detail));
  return { taken: false, reason, response: { status, body, headers: { 'content-type': PROBLEM_CONTENT_TYPE } } };
}

/** What can be said before anybody's secrets are looked at. */
export function screen(message: InboundMessage): Refusal | undefined {
  return message.body.length > MAXIMUM_BODY_BYTES ? refuse('body_too_large') : undefined;
}

export function decide(gateway: BoundGateway | undefined, message: InboundMessage, now: Instant): Decision {
  const screened = screen(message);
  if (screened) return screened;
  if (!gateway) return refuse('unknown_gateway');
  if (!isJson(message.headers['content-type'])) return refuseAs(gateway, message, 'unsupported_content_type', now);
  const verification = gateway.verify(message, now);
  if (!verification.authentic) return refuseAs(gateway, message, verification.reason, now);
  return interpreted(gateway, message, verification, now);
}

function refuseAs(gateway: BoundGateway, message: InboundMessage, reason: ReasonCode, now: Instant): Refusal {
  const refusal = refuse(reason);
  const response = gateway.refusal(message, reason, refusal.response.status, now);
  return response ? { ...refusal, response } : refusal;
}

function interpreted(
  gateway: BoundGateway,
  message: InboundMessage,
  { secretIndex, remarks }: Verification & { authentic: true },
  now: Instant,
): Decision {
  const response = gateway.acknowledge(message, now);
  const verified = { taken: true, secretIndex, ...(remarks ? { remarks } : {}), response } as const;
  try {
    return { ...verified, interpretation: gateway.interpret({ ...message, receivedAt: now }) };
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    if (error.reason === 'malformed_body') return refuseAs(gateway, message, 'malformed_body', now);
    const { reason, field, message: detail } = error;
    const deliveryKey = gateway.deliveryKey(message);
    return {
      ...verified,
      interpretation: { events: [], ignored: false, deliveryKey },
      problem: { reason, detail, ...(field === undefined ? {} : { field }) },
    };
  }
}

/** Senders may leave the type out; one that says it is something else is sending something else. */
function isJson(contentType: string | undefined): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  return !type || type === 'application/json' || type.endsWith('+json');
}
