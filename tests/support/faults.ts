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

/** Answers in the place of every client of a class. @returns how to give the place back */
export function takeOver(
  { prototype }: { readonly prototype: object },
  answer: (command: SentCommand) => Promise<unknown>,
): () => void {
  Object.defineProperty(prototype, 'send', { value: answer, configurable: true });
  return () => {
    Reflect.deleteProperty(prototype, 'send');
  };
}

export interface Faults {
  /** Throwing here: it never happened. */
  readonly before?: (call: Call) => void | Promise<void>;
  /** Throwing here: it happened, and nobody was told. */
  readonly after?: (call: Call) => void | Promise<void>;
  /** Asked when a function has returned: whether its process had died, so that nobody heard its answer. */
  readonly buried?: () => boolean;
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPlan extends Faults {
  /** Points passed so far: two for each call. */
  readonly passed: () => number;
}

/**
 * The process dies at these points of those that a run passes: 2n is before its n-th call, 2n + 1 after it. The dead
 * do nothing more until they are buried.
 */
export function crashAt(...points: readonly number[]): CrashPlan {
  let next = 0;
  let isDead = false;
  const pass = ({ service, name }: Call) => {
    if (isDead) throw new Crash('dead already');
    const here = next;
    next += 1;
    if (!points.includes(here)) return;
    isDead = true;
    throw new Crash(`${here % 2 === 0 ? 'before' : 'after'} ${service} ${name}`);
  };
  const buried = () => {
    const was = isDead;
    isDead = false;
    return was;
  };
  return { before: pass, after: pass, buried, passed: () => next };
}

/** Processes take turns by chance: each call may wait for some turns of the others. */
export function interleaved(below: (count: number) => number): Faults {
  const wait = async () => {
    for (let turns = below(6); turns > 0; turns -= 1) await Promise.resolve();
  };
  return { before: wait, after: wait };
}
