/** Messages of a simulated queue that wait to be received: in any order, or group by group. */
import type { Chance } from '../support/random.ts';

export interface Message {
  readonly id: string;
  readonly place: number;
  readonly body: string;
  readonly groupId: string | undefined;
  visibleAt: number;
  receives: number;
}

/** Of a list sorted by this number, the first place at or after a value. */
function placeFor(sorted: readonly Message[], by: 'visibleAt' | 'place', value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as Message)[by] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A standard queue: the visible ones are received from anywhere among them. */
export class InAnyOrder {
  readonly #later: Message[] = [];
  readonly #visible: Message[] = [];

  all(): readonly Message[] {
    return [...this.#visible, ...this.#later];
  }

  add(message: Message): void {
    this.#later.splice(placeFor(this.#later, 'visibleAt', message.visibleAt), 0, message);
  }

  take(now: number, most: number, chance: Chance): Message[] {
    this.#visible.push(...this.#later.splice(0, placeFor(this.#later, 'visibleAt', now + 1)));
    const spare = this.#visible.length - most;
    return this.#visible.splice(spare > 0 ? chance.below(spare + 1) : 0, most);
  }

  letGo(_message: Message): void {}

  get nextAt(): number | undefined {
    return (this.#visible[0] ?? this.#later[0])?.visibleAt;
  }
}

interface Group {
  readonly line: Message[];
  inHand: number;
}

/** A FIFO queue: of a group nothing is received while an earlier one is in hand or not visible yet. */
export class GroupsInLine {
  readonly #groups = new Map<string | undefined, Group>();

  all(): readonly Message[] {
    return [...this.#groups.values()].flatMap(({ line }) => line);
  }

  add(message: Message): void {
    const { line } = this.#groupOf(message);
    line.splice(placeFor(line, 'place', message.place), 0, message);
  }

  take(now: number, most: number, _chance: Chance): Message[] {
    const taken: Message[] = [];
    const free = [...this.#groups.values()].filter(({ line, inHand }) => line.length > 0 && inHand === 0);
    free.sort((a, b) => (a.line[0] as Message).place - (b.line[0] as Message).place);
    for (const group of free) {
      const hidden = group.line.findIndex(({ visibleAt }) => visibleAt > now);
      const some = group.line.splice(0, Math.min(hidden < 0 ? group.line.length : hidden, most - taken.length));
      group.inHand += some.length;
      taken.push(...some);
    }
    return taken;
  }

  letGo(message: Message): void {
    this.#groupOf(message).inHand -= 1;
  }

  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { line } of this.#groups.values()) {
      const first = line[0]?.visibleAt;
      if (first !== undefined && (next === undefined || first < next)) next = first;
    }
    return next;
  }

  #groupOf({ groupId }: Message): Group {
    const known = this.#groups.get(groupId);
    if (known) return known;
    const opened: Group = { line: [], inHand: 0 };
    this.#groups.set(groupId, opened);
    return opened;
  }
}
