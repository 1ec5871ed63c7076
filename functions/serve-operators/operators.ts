/**
 * Who is calling: one of the operators of the secret. A person may be named, and keeps that name while the token is
 * changed: both tokens stand under it until the old one is taken out. Unnamed tokens are each somebody of their own.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { type OperatorId, operatorIdOf } from '../../shared/domain/cash-receipt.ts';

const token = z.string().min(16);

export const operatorsSchema = z.lazy(() =>
  z
    .strictObject({
      tokens: z.array(token).default([]),
      people: z.array(z.strictObject({ name: z.string().trim().min(1).max(100), token })).default([]),
    })
    .refine(({ tokens, people }) => tokens.length + people.length > 0, 'no operator')
    .refine(({ people }) => new Set(people.map((each) => each.token)).size === people.length, 'a token of two people'),
);
export type Operators = z.infer<typeof operatorsSchema>;

/** Constant time whatever the lengths: digests are compared, not tokens. */
function sameToken(given: string, known: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(known));
}

export interface Operator {
  readonly operatorId: OperatorId;
  /** Where people are named, a token that several may share approves nothing: one of them may be the maker. */
  readonly mayDecide: boolean;
}

/** Every token is compared, whichever fits. A person's token that also stands among the unnamed is the person's. */
export function operatorOf(authorization: string | undefined, { tokens, people }: Operators): Operator | null {
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) return null;
  const all = [...people, ...tokens.map((each) => ({ token: each }))];
  const [caller] = all.filter((each) => sameToken(given, each.token));
  return caller ? { operatorId: operatorIdOf(caller), mayDecide: 'name' in caller || people.length === 0 } : null;
}
