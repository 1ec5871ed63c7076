/**
 * `lingkaran verify`: what the door would say to a captured call, and why. It runs the door's own judgement and never
 * throws: a line that cannot be read is told so like any other refusal.
 */
import * as z from 'zod';
import type { CanonicalEvent } from '../domain/canonical-event.ts';
import { type Instant, instantFromMilliseconds } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { Permanent } from '../errors.ts';
import { parseContract } from '../parse.ts';
import { GATEWAY_SECTIONS, type GatewaySecrets, type GatewaySection } from '../settings.ts';
import { decide, type Problem, refuse } from './decide.ts';
import type { InboundMessage } from './gateway.ts';
import { bindCapturedSnap } from './inspect-snap.ts';
import { isJsonObject, type JsonObject } from './message-bytes.ts';
import { type BoundGateway, bindGateway, type Route, routeOf, routeOfGateway } from './registry.ts';

export interface InspectedEvent
  extends Pick<CanonicalEvent, 'kind' | 'amountRupiah' | 'paymentId' | 'orderReference' | 'occurredAt' | 'channel'> {
  /** Money of a payment that had gone back and is with us again: shown as paid, since no gateway has a word for it. */
  readonly reinstatement?: true;
  readonly effectKey: string;
  readonly feeRupiah: number;
  readonly voidsPayment?: boolean;
  readonly fundClass?: string;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Inspection =
  | {
      readonly authentic: true;
      readonly ignored: boolean;
      /** The delivery key; for money only the effect keys count. */
      readonly eventId: string;
      readonly events: readonly InspectedEvent[];
      /** Why an authentic message goes to quarantine instead of the books. */
      readonly problem?: Problem;
      readonly remarks?: readonly string[];
      readonly response: Answer;
    }
  | {
      readonly authentic: false;
      readonly reason: ReasonCode;
      readonly detail?: string;
      readonly events: readonly [];
      readonly response: Answer;
    };

const anything = z.unknown().optional();
const callSchema = z.object({
  gateway: z.string().min(1),
  method: z.string().default('POST'),
  path: z.string().nullish(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  body: z.string(),
  /** As API Gateway says it, for bodies that are no text. */
  isBase64Encoded: z.boolean().nullish(),
  secrets: anything,
  /** For gateways with several schemes; Midtrans and partners have one. */
  signatureMode: z.string().nullish(),
  toleranceSeconds: z.int().positive().nullish(),
  now: z.number(),
});
type Call = z.infer<typeof callSchema>;

export function inspectMessage(input: unknown): Inspection {
  try {
    const call = parseContract(callSchema, input);
    const message = messageOf(call);
    const decision = decide(gatewayOfCall(call, message), message, instantOf(call.now));
    if (!decision.taken) return refused(decision.reason, decision.response);
    const { interpretation, problem, remarks, response } = decision;
    return {
      authentic: true,
      ignored: interpretation.ignored,
      eventId: interpretation.deliveryKey,
      events: interpretation.events.map(inspected),
      ...(problem ? { problem } : {}),
      ...(remarks ? { remarks } : {}),
      response: answerOf(response),
    };
  } catch (error) {
    const detail = error instanceof Permanent ? error.message : 'the line cannot be inspected';
    return refused('invalid_request', refuse('invalid_request', { detail }).response, detail);
  }
}

function refused(reason: ReasonCode, response: Answer, detail?: string): Inspection {
  return { authentic: false, reason, ...(detail ? { detail } : {}), events: [], response: answerOf(response) };
}

function answerOf({ status, body }: Answer): Answer {
  return { status, body };
}

function inspected(event: CanonicalEvent): InspectedEvent {
  const { kind, amountRupiah, paymentId, orderReference, occurredAt, channel, effectKey, feeRupiah } = event;
  const { voidsPayment, fundClass } = event;
  return {
    ...(kind === 'reinstated' ? { kind: 'paid', reinstatement: true } : { kind }),
    amountRupiah,
    paymentId,
    orderReference,
    occurredAt,
    channel,
    effectKey,
    feeRupiah,
    ...(voidsPayment === undefined ? {} : { voidsPayment }),
    ...(fundClass === undefined ? {} : { fundClass }),
  };
}

function instantOf(seconds: number): Instant {
  const milliseconds = seconds * 1000;
  if (!(Math.abs(milliseconds) < 8.64e15)) throw new Permanent('field_invalid', { field: 'now' });
  return instantFromMilliseconds(milliseconds);
}

function messageOf({ method, path, headers, body, isBase64Encoded }: Call): InboundMessage {
  const lowerCase = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), headerText(value)]);
  return {
    method,
    path: path ?? '',
    headers: Object.fromEntries(lowerCase),
    body: isBase64Encoded ? Buffer.from(body, 'base64') : new TextEncoder().encode(body),
  };
}

function headerText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

function gatewayOfCall(call: Call, message: InboundMessage): BoundGateway | undefined {
  if (/^snap(:|$)/.test(call.gateway)) return bindCapturedSnap({ ...call, message });
  const route = routeOfCall(call);
  return route && bindGateway(route, secretsOf(route, call));
}

/** The gateway says which adapter; of the path only the partner's name is taken, as captures may carry a prefix. */
function routeOfCall({ gateway, path }: Call): Route | undefined {
  const byName = routeOfGateway(gateway.replaceAll('_', '-'));
  if (byName) return byName;
  const byPath = routeOf(/\/webhooks\/[^?#]*/.exec(path ?? '')?.[0] ?? '');
  return byPath?.section === gateway ? byPath : undefined;
}

/** Gateways that sign the time; to the others a tolerance means nothing. */
const TIMED: ReadonlySet<GatewaySection> = new Set<GatewaySection>(['doku', 'stripe', 'partner']);

/** Secrets as captures carry them (`serverKey`, one partner's `secrets`) or as the configuration does. */
function secretsOf({ section, partner }: Route, call: Call): GatewaySecrets {
  const { secrets, path, toleranceSeconds } = call;
  if (!isJsonObject(secrets) || Object.keys(secrets).length === 0) return {};
  const given = ownSecrets(secrets, partner);
  if (!isJsonObject(given)) return {};
  const form = {
    ...inLists(given),
    ...(section === 'doku' && given.requestTarget === undefined ? { requestTarget: path ?? '' } : {}),
    ...(toleranceSeconds && TIMED.has(section) ? { toleranceSeconds } : {}),
  };
  const wrapped = section === 'partner' ? { [partner ?? '']: withPrefix(form) } : form;
  const schema: z.ZodType<GatewaySecrets[GatewaySection]> = GATEWAY_SECTIONS[section];
  return { [section]: parseContract(schema, wrapped, 'secrets') };
}

/** Of a section with many partners the one that is asked for. */
function ownSecrets(secrets: JsonObject, partner: string | undefined): unknown {
  if (partner === undefined || !Object.hasOwn(secrets, partner)) return secrets;
  return Array.isArray(secrets[partner]) ? secrets : secrets[partner];
}

/** One secret as captures name it, and the list of the configuration. */
const LISTS: Readonly<Record<string, string>> = {
  serverKey: 'serverKeys',
  signatureKey: 'signatureKeys',
  callbackToken: 'callbackTokens',
  secretKey: 'secretKeys',
  endpointSecret: 'endpointSecrets',
  partnerKey: 'partnerKeys',
  appSecret: 'appSecrets',
  clientSecret: 'clientSecrets',
  secret: 'secrets',
};

/** A list that is given beats a single value. */
function inLists(given: JsonObject): JsonObject {
  const singles = Object.entries(given).filter(([name, value]) => Object.hasOwn(LISTS, name) && value !== undefined);
  const others = Object.entries(given).filter(([name]) => !Object.hasOwn(LISTS, name));
  return Object.fromEntries([...singles.map(([name, value]) => [LISTS[name], [value]]), ...others]);
}

/** Libraries show the secrets of Standard Webhooks with or without the prefix. */
function withPrefix({ secrets, ...rest }: JsonObject): JsonObject {
  const prefixed = (value: unknown) =>
    typeof value === 'string' && !value.startsWith('whsec_') ? `whsec_${value}` : value;
  return { ...rest, secrets: Array.isArray(secrets) ? secrets.map(prefixed) : secrets };
}
