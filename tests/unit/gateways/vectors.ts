import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Vector {
  readonly gateway: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly secrets: Record<string, unknown>;
  readonly now: number;
  readonly toleranceSeconds?: number;
  readonly valid: boolean;
  readonly reason?: string;
  readonly ignored?: boolean;
  readonly expectedKind: string | null;
  readonly expectedAmountIDR: number | null;
  readonly expectedPaymentId: string | null;
  readonly expectedOrderRef?: string;
  readonly expectedOccurredAt?: string;
  readonly expectedChannel?: string;
  readonly expectedEventId?: string;
  readonly expectedRefundKey?: string;
  readonly expectedDisputeKey?: string;
  readonly expectedFeeIDR?: number;
  readonly expectedEvents?: readonly { kind: string; amountIDR: number; refundKey: string }[];
  readonly fileValid?: boolean;
  readonly expectedResponse?: { readonly httpStatus: number; readonly [field: string]: unknown };
  readonly reinstatement?: boolean;
}

const file = resolve(import.meta.dirname, '../../fixtures/gateway-vectors.json');
export const VECTORS: readonly Vector[] = JSON.parse(readFileSync(file, 'utf8'));

export function vector(gateway: string, name: string): Vector {
  const found = VECTORS.find((candidate) => candidate.gateway === gateway && candidate.name === name);
  if (!found) throw new Error(`no vector ${gateway} ${name}`);
  return found;
}
