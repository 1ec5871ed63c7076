/** What we answer: the envelope of SNAP, whose code is HTTP status (3), service (2) and case (2). */
import { formatWib, type Instant } from '../domain/dates.ts';
import { type ReasonCode, reasonText } from '../domain/reasons.ts';
import type { Acknowledgement, InboundMessage } from './gateway.ts';
import { type JsonObject, readJsonObject } from './message-bytes.ts';
import { serviceOf } from './snap-paths.ts';
import { TOKEN_LIFETIME_SECONDS } from './snap-tokens.ts';

export function snapSuccess(message: InboundMessage, now: Instant): Acknowledgement {
  const service = serviceOf(message);
  const echoed = service.kind === 'virtual-account' ? { virtualAccountData: virtualAccountOf(message) } : {};
  return envelope(200, `200${service.code}00`, 'Successful', echoed, now);
}

export function snapToken(accessToken: string, now: Instant): Acknowledgement {
  const token = { accessToken, tokenType: 'Bearer', expiresIn: String(TOKEN_LIFETIME_SECONDS) };
  return envelope(200, '2007300', 'Successful', token, now);
}

/** An authentic call for something we do not do: a bank that is told so offers the payer another way. */
export function snapNotSupported(message: InboundMessage, now: Instant): Acknowledgement {
  const { kind, code } = serviceOf(message);
  if (kind !== 'inquiry') return envelope(404, `404${code}00`, 'Requested Function Is Not Supported', {}, now);
  const sentence = 'Invalid Bill/Virtual Account: bills are not presented here';
  return envelope(404, `404${code}12`, sentence, { virtualAccountData: virtualAccountOf(message) }, now);
}

type Fault = readonly [status: number, caseCode: string, title: string];
const UNAUTHORIZED: Fault = [401, '00', 'Unauthorized'];
const INVALID_TOKEN: Fault = [401, '01', 'Invalid Token (B2B)'];
const INVALID_FORMAT: Fault = [400, '01', 'Invalid Field Format'];
const MISSING_FIELD: Fault = [400, '02', 'Invalid Mandatory Field'];

const FAULTS: Partial<Record<ReasonCode, Fault>> = {
  signature_mismatch: UNAUTHORIZED,
  token_mismatch: INVALID_TOKEN,
  missing_signature: MISSING_FIELD,
  missing_timestamp: MISSING_FIELD,
  field_missing: MISSING_FIELD,
  stale_timestamp: INVALID_FORMAT,
  malformed_body: INVALID_FORMAT,
  unsupported_content_type: INVALID_FORMAT,
};

export interface RefusalDetail {
  readonly now?: Instant;
  /** The call's access token is none of ours: whatever else is wrong, the caller needs a new one first. */
  readonly foreignToken?: boolean;
}

/** @param status of the HTTP answer where SNAP has no case of its own */
export function snapRefusal(
  message: InboundMessage,
  reason: ReasonCode,
  status: number,
  { now, foreignToken = false }: RefusalDetail = {},
): Acknowledgement {
  const [httpStatus, caseCode, title] = faultOf(message, reason, status, foreignToken);
  const code = `${httpStatus}${serviceOf(message).code}${caseCode}`;
  return envelope(httpStatus, code, `${title}. ${reasonText(reason)}`, { additionalInfo: { reason } }, now);
}

function faultOf({ headers }: InboundMessage, reason: ReasonCode, status: number, foreignToken: boolean): Fault {
  if (reason === 'signature_mismatch' && foreignToken) return INVALID_TOKEN;
  // There is a time, but it cannot be read.
  if (reason === 'missing_timestamp' && headers['x-timestamp']) return INVALID_FORMAT;
  return FAULTS[reason] ?? [status, '00', status >= 500 ? 'General Error' : 'Bad Request'];
}

const ECHOED = ['partnerServiceId', 'customerNo', 'virtualAccountNo', 'trxId', 'paymentRequestId'] as const;
const LONGEST_ECHO = 200;

/** As the caller wrote it, leading spaces and all. */
function virtualAccountOf(message: InboundMessage): JsonObject {
  const body = readJsonObject(message.body);
  const given = ECHOED.map((field) => [field, body?.[field]] as const);
  const echoed = given.filter(([, value]) => typeof value === 'string' && value.length <= LONGEST_ECHO);
  return Object.fromEntries(echoed);
}

function envelope(
  status: number,
  responseCode: string,
  responseMessage: string,
  more: JsonObject,
  now: Instant | undefined,
): Acknowledgement {
  return {
    status,
    body: JSON.stringify({ responseCode, responseMessage, ...more }),
    headers: { 'content-type': 'application/json', ...(now ? { 'x-timestamp': wibSeconds(now) } : {}) },
  };
}

/** `2026-11-20T15:00:00+07:00`: the standard knows no fractions. */
export function wibSeconds(instant: Instant): string {
  return formatWib(instant).replace(/\.\d+/, '');
}
