/** Reads what somebody sent. A message we cannot read is Permanent: trying again reads the same bytes. */
import type * as z from 'zod';
import { type Fault, Permanent } from './errors.ts';

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which must not reach a log (I9).
    throw new Permanent('malformed_body', { detail: 'the body is not JSON' });
  }
}

/**
 * Checks a value against its contract; names the first field at fault and never its value (I9).
 *
 * @param prefix where the value sits in the sender's message, e.g. `data`
 * @throws Permanent `field_missing`, `field_invalid`, `contract_version_unknown`
 */
export function parseContract<Value>(schema: z.ZodType<Value>, value: unknown, prefix?: string): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const all = result.error.issues.map((issue) => faultOf(issue, value, prefix));
  const faults = [...new Map(all.map((fault) => [fault.field, fault])).values()];
  const [{ field, reason }] = faults as [Fault, ...Fault[]];
  if (field === 'contractVersion') throw new Permanent('contract_version_unknown', { field });
  throw new Permanent(reason, { field, detail: `${field}: ${result.error.issues[0]?.code ?? 'invalid'}`, faults });
}

function faultOf({ path }: z.core.$ZodIssue, value: unknown, prefix: string | undefined): Fault {
  const field = [...(prefix ? [prefix] : []), ...path].join('.') || '(root)';
  return { field, reason: isAbsent(value, path) ? 'field_missing' : 'field_invalid' };
}

function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>(
    (holder, key) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
        ? (holder as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
  return found === undefined || found === null;
}
