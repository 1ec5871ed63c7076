/** Where a test may step in: before and after every call that leaves the process. */
export interface Call {
  readonly service: 'table' | 'queue' | 'executions';
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A command as a client sends it. */
export interface SentCommand {
  readonly constructor: { readonly name: string };
  readonly input: object;
}

export interface Faults {
  /** Throwing here: it never happened. */
  readonly before?: (call: Call) => void | Promise<void>;
  /** Throwing here: it happened, and nobody was told. */
  readonly after?: (call: Call) => void | Promise<void>;
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPlan extends Faults {
  /** Points passed so far: two for each call. */
  readonly passed: () => number;
}

/** The process dies at one of the points that a run passes: 2n is before its n-th call, 2n + 1 after it. */
export function crashAt(point: number): CrashPlan {
  let next = 0;
  const pass = ({ service, name }: Call) => {
    const here = next;
    next += 1;
    if (here === point) throw new Crash(`${here % 2 === 0 ? 'before' : 'after'} ${service} ${name}`);
  };
  return { before: pass, after: pass, passed: () => next };
}
