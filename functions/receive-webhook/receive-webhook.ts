/**
 * The door. A message is acknowledged only once the queue has it; everything that goes wrong on our side is an
 * explicit 503, because gateways try that again most patiently (Midtrans: four times, after a 500 only once).
 */
import type { Instant } from '../../shared/domain/dates.ts';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { Transient } from '../../shared/errors.ts';
import { type Decision, decide, type Intake, refuse, screen } from '../../shared/gateways/decide.ts';
import type { Acknowledgement, InboundMessage } from '../../shared/gateways/gateway.ts';
import { type BoundGateway, bindGateway, type Route, refusalInForm, routeOf } from '../../shared/gateways/registry.ts';
import { errorFields, type Log, type Meter } from '../../shared/logger.ts';
import type { PaymentMessage, Sealed } from '../../shared/messages.ts';
import type { GatewaySecrets, GatewaySection } from '../../shared/settings.ts';

export interface ReceiveWebhookDependencies {
  /** `fresh` asks the store again, at most once in thirty seconds; the same value comes back as the same object. */
  readonly secretsFor: (section: GatewaySection, options?: { readonly fresh?: boolean }) => Promise<GatewaySecrets>;
  readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
  readonly send: (message: PaymentMessage) => Promise<void>;
  readonly now: () => Instant;
  readonly log: Log;
  readonly meter: Meter;
}

/** What is refused for a secret that may have been replaced since we read it. */
const HEALED_BY_FRESH_SECRETS: ReadonlySet<ReasonCode> = new Set(['signature_mismatch', 'token_mismatch']);

const RETRY_AFTER_SECONDS = '30';
/** The least patient caller, Midtrans, waits fifteen seconds; an answer it no longer hears is no answer. */
const ANSWER_WITHIN_SECONDS = 10;

export async function receiveWebhook(
  message: InboundMessage,
  dependencies: ReceiveWebhookDependencies,
): Promise<Acknowledgement> {
  const { log, meter } = dependencies;
  const route = routeOf(message.path, message.headers);
  const section = route?.section;
  try {
    const { gateway = section ?? 'unknown', outcome, response } = await inTime(take(message, route, dependencies));
    meter.count('WebhookReceived', { gateway, outcome });
    return response;
  } catch (error) {
    const gateway = section ?? 'unknown';
    log.error('webhook not taken', { gateway, ...errorFields(error) });
    meter.count('WebhookReceived', { gateway, outcome: 'unavailable' });
    return unavailable(message, section);
  }
}

interface Result {
  readonly gateway: string | undefined;
  readonly outcome: string;
  readonly response: Acknowledgement;
}

async function take(
  message: InboundMessage,
  route: Route | undefined,
  dependencies: ReceiveWebhookDependencies,
): Promise<Result> {
  const receivedAt = dependencies.now();
  const { gateway, decision } = await judge(message, route, receivedAt, dependencies);
  const { response } = decision;
  if (!decision.taken) {
    const { reason } = decision;
    dependencies.log.warn('webhook refused', { gateway: gateway?.name, reason, bytes: message.body.length });
    const inForm = gateway ? undefined : refusalInForm(route?.section, message, reason, response.status);
    return { gateway: gateway?.name, outcome: reason, response: inForm ?? response };
  }
  if (!gateway) throw new Error('a message was taken in for no gateway');
  if (!decision.interpretation.handshake)
    await dependencies.send(await queued(gateway, message, decision, receivedAt, dependencies));
  report(gateway, decision, dependencies);
  return { gateway: gateway.name, outcome: outcomeOf(decision), response };
}

/** Work that is still done after we gave up is done twice when the caller tries again, which effect keys absorb (I4). */
function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const tooLate = () =>
    reject(new Transient('queue_unavailable', { detail: `not done in ${ANSWER_WITHIN_SECONDS} s` }));
  const timer = setTimeout(tooLate, ANSWER_WITHIN_SECONDS * 1000);
  work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

interface Judgement {
  readonly gateway: BoundGateway | undefined;
  readonly decision: Decision;
}

/** Secrets are looked up only for a path that can lead somewhere, and never for a body nobody will read. */
async function judge(
  message: InboundMessage,
  route: Route | undefined,
  receivedAt: Instant,
  { secretsFor }: ReceiveWebhookDependencies,
): Promise<Judgement> {
  const screened = screen(message);
  if (screened || !route) return { gateway: undefined, decision: screened ?? refuse('unknown_gateway') };
  const secrets = await secretsFor(route.section);
  const first = judgeWith(route, secrets, message, receivedAt);
  if (first.decision.taken || !HEALED_BY_FRESH_SECRETS.has(first.decision.reason)) return first;
  // The secret may have been rotated since we read it; then the sender is right and we are late.
  const fresh = await secretsFor(route.section, { fresh: true });
  return isSame(fresh, secrets, route.section) ? first : judgeWith(route, fresh, message, receivedAt);
}

function judgeWith(route: Route, secrets: GatewaySecrets, message: InboundMessage, receivedAt: Instant): Judgement {
  const gateway = bindGateway(route, secrets);
  return { gateway, decision: decide(gateway, message, receivedAt) };
}

function isSame(left: GatewaySecrets, right: GatewaySecrets, section: GatewaySection): boolean {
  return left[section] === right[section];
}

async function queued(
  gateway: BoundGateway,
  message: InboundMessage,
  { interpretation, problem }: Intake,
  receivedAt: Instant,
  { seal }: ReceiveWebhookDependencies,
): Promise<PaymentMessage> {
  return {
    contractVersion: 1,
    gateway: gateway.name,
    deliveryKey: interpretation.deliveryKey,
    receivedAt,
    events: [...interpretation.events],
    ignored: interpretation.ignored,
    ...(problem ? { problem } : {}),
    path: message.path,
    sealedBody: await seal(message.body),
  };
}

function report(
  gateway: BoundGateway,
  { secretIndex, interpretation, problem, remarks }: Intake,
  dependencies: ReceiveWebhookDependencies,
) {
  const { log, meter } = dependencies;
  if (secretIndex > 0) {
    // Someone still signs with an old secret; it can be retired when this stays silent for a day.
    log.warn('previous secret used', { gateway: gateway.name, secretIndex });
    meter.count('PreviousSecretUsed', { gateway: gateway.name });
  }
  log.info(interpretation.handshake ? 'webhook answered' : 'webhook queued', {
    gateway: gateway.name,
    deliveryKey: interpretation.deliveryKey,
    effectKeys: interpretation.events.map(({ effectKey }) => effectKey),
    ...(problem ? { problem: problem.reason, field: problem.field } : {}),
    ...(remarks ? { remarks } : {}),
  });
}

function outcomeOf({ interpretation, problem }: Intake): string {
  if (problem) return 'problem';
  if (interpretation.handshake) return 'answered';
  return interpretation.ignored ? 'ignored' : 'queued';
}

function unavailable(message: InboundMessage, section: GatewaySection | undefined): Acknowledgement {
  const refusal = refuse('queue_unavailable').response;
  const response = refusalInForm(section, message, 'queue_unavailable', refusal.status) ?? refusal;
  return { ...response, headers: { ...response.headers, 'retry-after': RETRY_AFTER_SECONDS } };
}
