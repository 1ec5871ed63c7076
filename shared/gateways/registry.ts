/** Which adapter a path leads to, and whether this stage has it configured. */
import type { Instant } from '../domain/dates.ts';
import type { GatewaySecrets } from '../settings.ts';
import type { Acknowledgement, Gateway, InboundMessage, Interpretation, Verification } from './gateway.ts';
import { midtrans } from './midtrans.ts';
import { partner } from './partner.ts';

/** A section of the configuration, and the secret of that name. */
export type GatewaySection = keyof GatewaySecrets;

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
  acknowledge(message: InboundMessage): Acknowledgement;
}

const PARTNER_PATH = /^\/webhooks\/partner\/([a-z0-9-]{1,40})(?:\/manifest)?$/;

export function routeOf(path: string): Route | undefined {
  if (path === '/webhooks/midtrans') return { section: 'midtrans' };
  const name = PARTNER_PATH.exec(path)?.[1];
  return name === undefined ? undefined : { section: 'partner', partner: name };
}

/** The route of a gateway as our own messages name it: `midtrans`, `partner:kitabisa`. */
export function routeOfGateway(gateway: string): Route | undefined {
  return routeOf(`/webhooks/${gateway.replace(':', '/')}`);
}

/** Undefined where this stage has no secrets for the route: such a gateway does not exist here. */
export function bindGateway(route: Route, secrets: GatewaySecrets): BoundGateway | undefined {
  if (route.section === 'midtrans') return secrets.midtrans && bind(midtrans, secrets.midtrans);
  const name = route.partner ?? '';
  const partners = secrets.partner ?? {};
  const own = Object.hasOwn(partners, name) ? partners[name] : undefined;
  return own && bind(partner(name), own);
}

function bind<Secrets>(gateway: Gateway<Secrets>, secrets: Secrets): BoundGateway {
  return {
    name: gateway.name,
    verify: (message, now) => gateway.verify(message, secrets, now),
    interpret: (message) => gateway.interpret(message, secrets),
    deliveryKey: (message) => gateway.deliveryKey(message),
    acknowledge: (message) => gateway.acknowledge(message),
  };
}
