/** Which adapter a path leads to, and whether this stage has it configured. */
import type { Instant } from '../domain/dates.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import type { GatewaySecrets, GatewaySection, SnapSecrets } from '../settings.ts';
import { doku } from './doku.ts';
import type { Acknowledgement, Gateway, InboundMessage, Interpretation, Verification } from './gateway.ts';
import { lazada } from './lazada.ts';
import { midtrans } from './midtrans.ts';
import { partner } from './partner.ts';
import { shopee } from './shopee.ts';
import { snap } from './snap.ts';
import { snapRefusal } from './snap-answers.ts';
import { snapCallerOf, snapPartnerNamed } from './snap-paths.ts';
import { accessTokens } from './snap-tokens.ts';
import { stripe } from './stripe.ts';
import { tiktokShop } from './tiktok-shop.ts';
import { xendit } from './xendit.ts';

export interface Route {
  readonly section: GatewaySection;
  /** Which partner, where the section holds many. */
  readonly partner?: string;
}

/** An adapter with its secrets at hand. */
export interface BoundGateway {
  /** `midtrans`, `partner:kitabisa`. */
  readonly name: string;
  verify(message: InboundMessage, now: Instant): Verification;
  interpret(message: InboundMessage): Interpretation;
  deliveryKey(message: InboundMessage): string;
  acknowledge(message: InboundMessage, now: Instant): Acknowledgement;
  /** Undefined where a problem document will do. */
  refusal(message: InboundMessage, reason: ReasonCode, status: number, now: Instant): Acknowledgement | undefined;
}

/** One gateway, one path. */
const SINGLE = /^\/webhooks\/(midtrans|xendit|doku|stripe|shopee|tiktok-shop|lazada)$/;
const PARTNER = /^\/webhooks\/partner\/([a-z0-9-]{1,40})(?:\/manifest)?$/;

/** @param headers needed only at the paths SNAP partners sign, which do not name the partner */
export function routeOf(path: string, headers: InboundMessage['headers'] = {}): Route | undefined {
  const single = SINGLE.exec(path)?.[1];
  if (single !== undefined) return { section: single as GatewaySection };
  const name = PARTNER.exec(path)?.[1];
  if (name !== undefined) return { section: 'partner', partner: name };
  const caller = snapCallerOf(path, headers);
  return caller === undefined ? undefined : { section: 'snap', partner: caller };
}

/** The route of a gateway as our own messages name it: `midtrans`, `partner:kitabisa`. */
export function routeOfGateway(gateway: string): Route | undefined {
  const bank = /^snap:(.+)$/.exec(gateway)?.[1];
  if (bank !== undefined) return { section: 'snap', partner: bank };
  return routeOf(`/webhooks/${gateway.replace(':', '/')}`);
}

type Binding<Section extends GatewaySection> = (
  secrets: NonNullable<GatewaySecrets[Section]>,
  name: string,
) => BoundGateway | undefined;

/** A section without a line here is configured for nobody: its path answers 404. */
const BINDINGS: { readonly [Section in GatewaySection]?: Binding<Section> } = {
  midtrans: (secrets) => bind(midtrans, secrets),
  xendit: (secrets) => bind(xendit, secrets),
  doku: (secrets) => bind(doku, secrets),
  stripe: (secrets) => bind(stripe, secrets),
  shopee: (secrets) => bind(shopee, secrets),
  'tiktok-shop': (secrets) => bind(tiktokShop, secrets),
  lazada: (secrets) => bind(lazada, secrets),
  partner: (secrets, name) => bindOwn(secrets, name, partner(name)),
  snap: bindSnap,
};

/** Undefined where this stage has no secrets for the route: such a gateway does not exist here. */
export function bindGateway(route: Route, secrets: GatewaySecrets): BoundGateway | undefined {
  const own = secrets[route.section];
  const binding = BINDINGS[route.section] as Binding<GatewaySection> | undefined;
  return own && binding?.(own, route.partner ?? '');
}

/** Of many partners the one that is named; `constructor` and the like are nobody. */
function bindOwn<Secrets>(
  all: Readonly<Record<string, Secrets>>,
  name: string,
  gateway: Gateway<Secrets>,
): BoundGateway | undefined {
  const own = Object.hasOwn(all, name) ? all[name] : undefined;
  return own && bind(gateway, own);
}

/** By the partner's name, or by what the caller calls itself. */
function bindSnap(secrets: SnapSecrets, caller: string): BoundGateway | undefined {
  const name = snapPartnerNamed(secrets, caller);
  return name === undefined
    ? undefined
    : bindOwn(secrets.partners, name, snap(name, accessTokens(secrets.tokenKeys ?? [])));
}

/** What a gateway's callers read where the door refuses before it knows which of them is calling. */
export function refusalInForm(
  section: GatewaySection | undefined,
  message: InboundMessage,
  reason: ReasonCode,
  status: number,
): Acknowledgement | undefined {
  return section === 'snap' ? snapRefusal(message, reason, status) : undefined;
}

export function bind<Secrets>(gateway: Gateway<Secrets>, secrets: Secrets): BoundGateway {
  return {
    name: gateway.name,
    verify: (message, now) => gateway.verify(message, secrets, now),
    interpret: (message) => gateway.interpret(message, secrets),
    deliveryKey: (message) => gateway.deliveryKey(message),
    acknowledge: (message, now) => gateway.acknowledge(message, secrets, now),
    refusal: (message, reason, status, now) => gateway.refusal?.(message, reason, status, secrets, now),
  };
}
