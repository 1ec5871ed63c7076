/** The order of those who wait under one policy, kept while people join at its places and leave from its head. */
import type { WorkerId } from '../../../shared/domain/ids.ts';
import { type AllocationPolicy, placeUnder } from '../../../shared/domain/policy.ts';

interface Waiting {
  readonly workerId: WorkerId;
  readonly waitingSort: string | null;
}

interface Place {
  readonly place: string;
  readonly workerId: WorkerId;
}

export class WaitingLine {
  readonly policy: AllocationPolicy;
  readonly #places: Place[];

  constructor(policy: AllocationPolicy, workers: Iterable<Waiting>) {
    this.policy = policy;
    this.#places = [...workers]
      .filter(({ waitingSort }) => waitingSort !== null)
      .map(({ workerId, waitingSort }) => ({ workerId, place: placeUnder(policy, waitingSort as string) }))
      .sort((a, b) => (a.place < b.place ? -1 : 1));
  }

  add(waitingSort: string, workerId: WorkerId): void {
    const place = placeUnder(this.policy, waitingSort);
    let [from, to] = [0, this.#places.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#places[middle] as Place).place < place) from = middle + 1;
      else to = middle;
    }
    this.#places.splice(from, 0, { place, workerId });
  }

  /** In order; those at the head who wait no more are forgotten. */
  *from(isWaiting: (workerId: WorkerId) => boolean): Generator<WorkerId> {
    const gone = this.#places.findIndex(({ workerId }) => isWaiting(workerId));
    this.#places.splice(0, gone === -1 ? this.#places.length : gone);
    for (const { workerId } of [...this.#places]) if (isWaiting(workerId)) yield workerId;
  }
}
