/** Reads what another function sent. A message we cannot read is Permanent: trying again reads the same bytes. */
import type { z } from 'zod';
import { Permanent } from '../errors.ts';

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which must not reach a log (I9).
    throw new Permanent('malformed_body', { detail: 'the body is not JSON' });
  }
}

/** Checks a value against its contract; names the first field at fault and never its value. */
export function parseContract<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') || '(root)';
  const reason = field === 'contractVersion' ? 'contract_version_unknown' : 'field_invalid';
  throw new Permanent(reason, { field, detail: `${field}: ${issue?.code ?? 'invalid'}` });
}
