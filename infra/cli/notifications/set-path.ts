/** `--set path=value`: changes one field of a body that is there; a path that is not there is an error, never ignored. */
import { wrongUse } from '../failure.ts';
import { nearest } from '../nearest.ts';
import type { Body } from './notification.ts';

/** Every path of a document: `order_id`, `refunds.0.refund_amount`, `data.donor.name`. */
export function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return prefix === '' ? [] : [prefix];
  const inner = Object.entries(value).flatMap(([key, field]) =>
    pathsOf(field, prefix === '' ? key : `${prefix}.${key}`),
  );
  return prefix === '' ? inner : [prefix, ...inner];
}

/** A number stays a number and a text a text, so that `--set data.amount=50000` keeps the sender's type. */
function likeBefore(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unknownPath(path: string, body: Body): Error {
  const paths = pathsOf(body);
  // People leave out the envelope: `amuont` means `data.amount`.
  const leaf = (candidate: string) => candidate.split('.').at(-1) ?? candidate;
  const nearLeaf = nearest(path, paths.map(leaf));
  const near = path.includes('.') ? nearest(path, paths) : paths.find((candidate) => leaf(candidate) === nearLeaf);
  const hint = near === undefined ? `its paths: ${paths.join(', ')}` : `did you mean ${near}?`;
  return wrongUse(`--set ${path}: the body has no such path; ${hint}`);
}

export function setPath(body: Body, assignment: string): void {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw wrongUse(`--set wants path=value, not ${assignment}`);
  const path = assignment.slice(0, equals);
  if (!pathsOf(body).includes(path)) throw unknownPath(path, body);
  const keys = path.split('.');
  const last = keys.pop() ?? path;
  let holder = body;
  for (const key of keys) holder = holder[key] as Body;
  holder[last] = likeBefore(assignment.slice(equals + 1), holder[last]);
}
