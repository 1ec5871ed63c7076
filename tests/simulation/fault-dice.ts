/** Which faults befall a world, and how often. Every world has its own mixture, drawn from its seed. */
import type { Chance } from '../support/random.ts';

export const CALL_FAULTS = [
  'crash before a call',
  'crash after a call',
  'throttled',
  'conflict',
  'connection refused',
  'answer lost',
  'sent twice by the client',
  'batch half done',
  'slow call',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

export const WORLD_FAULTS = [
  'index lags',
  'delivered again',
  'delivered late',
  'two deliveries at once',
  'message lost',
  'function throttled',
  'dead letter redriven',
  'execution lost',
  'execution started twice',
  'schedule missed',
  'schedule started twice',
  'clock set back',
  'everything stands still for days',
  'status API down',
  'caller gave up',
  'stale redrive',
  'deployed anew',
  'old release still answers',
  'message of another release',
  'roster uploaded again',
  'file cut twice',
  'notice lost',
  'registrar late',
  'registrar answers in part',
  'registrar repeats itself',
  'registrar contradicts itself',
  'registrar speaks of strangers',
  'messenger down',
  'messenger refuses',
  'messenger took it and failed',
  'messenger forgets',
  'messenger sent to twice',
] as const;
export type WorldFault = (typeof WORLD_FAULTS)[number];
export type FaultKind = CallFault | WorldFault;
export const FAULT_KINDS: readonly FaultKind[] = [...CALL_FAULTS, ...WORLD_FAULTS];

/** What reaches the product after its client has tried again. More, and no invocation of a hundred calls comes through. */
const MOST_OFTEN: Readonly<Record<FaultKind, number>> = {
  'crash before a call': 0.002,
  'crash after a call': 0.002,
  throttled: 0.002,
  conflict: 0.02,
  'connection refused': 0.001,
  'answer lost': 0.002,
  'sent twice by the client': 0.02,
  'batch half done': 0.2,
  'slow call': 0.02,
  'index lags': 0.3,
  'delivered again': 0.1,
  'delivered late': 0.1,
  'two deliveries at once': 0.1,
  'message lost': 0.02,
  'function throttled': 0.6,
  'dead letter redriven': 1,
  'execution lost': 0.5,
  'execution started twice': 0.5,
  'schedule missed': 0.5,
  'schedule started twice': 0.2,
  'clock set back': 0.05,
  'everything stands still for days': 0.01,
  'status API down': 0.2,
  'caller gave up': 0.05,
  'stale redrive': 0.02,
  'deployed anew': 0.01,
  'old release still answers': 0.2,
  'message of another release': 0.1,
  'roster uploaded again': 0.5,
  'file cut twice': 0.5,
  // Which ones is part of what happens in a world, not of its faults.
  'notice lost': 0,
  'registrar late': 0.2,
  'registrar answers in part': 0.4,
  'registrar repeats itself': 0.2,
  'registrar contradicts itself': 0.2,
  'registrar speaks of strangers': 0.2,
  'messenger down': 0.1,
  'messenger refuses': 0.2,
  'messenger took it and failed': 0.6,
  'messenger forgets': 1,
  'messenger sent to twice': 0.1,
};

export class FaultDice {
  readonly counts = new Map<FaultKind, number>();
  /** False in the quiet period, and where a test prepares a world. */
  on = false;
  readonly chance: Chance;
  readonly #often: Readonly<Record<FaultKind, number>>;
  readonly #anyCallFault: number;

  constructor(chance: Chance) {
    this.chance = chance;
    const severity = [0.15, 0.5, 1][chance.below(3)] as number;
    const entries = Object.entries(MOST_OFTEN).map(([kind, often]) => [
      kind,
      // A third of the kinds stays away, so that what they would hide is seen.
      chance.happens(0.34) ? 0 : often * severity * chance.below(1001) * 0.001,
    ]);
    this.#often = Object.fromEntries(entries) as Record<FaultKind, number>;
    this.#anyCallFault = CALL_FAULTS.reduce((sum, kind) => sum + this.#often[kind], 0);
  }

  happens(kind: WorldFault): boolean {
    if (!this.on || !this.chance.happens(this.#often[kind])) return false;
    this.note(kind);
    return true;
  }

  /** At most one fault for a call; which of them can be done to it the caller knows, and then notes it. */
  forCall(): CallFault | undefined {
    if (!this.on) return undefined;
    let roll = this.chance.below(1_000_000) / 1_000_000;
    if (roll >= this.#anyCallFault) return undefined;
    for (const kind of CALL_FAULTS) {
      roll -= this.#often[kind];
      if (roll < 0) return kind;
    }
    return undefined;
  }

  note(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}
