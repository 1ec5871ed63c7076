/** Offices that send rosters, and send them again where they heard no answer; and what must have come of them. */
import type { RosterRecord } from '../../shared/domain/roster.ts';
import type { ImportRow } from '../../shared/store/imports.ts';
import { newcomersOf, nikOf, rosterOf } from './personal-data.ts';
import { ask } from './requests.ts';
import type { World } from './world.ts';

const MOST_TRIES = 10;

export class Rosters {
  readonly #world: World;
  readonly #people: readonly RosterRecord[];
  readonly #acknowledged = new Set<string>();
  #sent = 0;

  constructor(world: World) {
    this.#world = world;
    this.#people = newcomersOf(world.chance, world.scenario.workers);
    for (const { phone, region } of this.#people) world.watch.regionOf.set(phone, region);
  }

  get toCome(): number {
    return this.#people.length - this.#sent;
  }

  /** Sends the next so many people, until somebody answers. */
  async send(count: number): Promise<void> {
    const { chance, dice } = this.#world;
    const people = this.#people.slice(this.#sent, this.#sent + count);
    if (people.length === 0) return;
    const csv = rosterOf(chance, people, this.#people.slice(0, this.#sent));
    this.#sent += people.length;
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1)
      if ((await this.#upload(csv)) && !dice.happens('roster uploaded again')) return;
  }

  async #upload(csv: string): Promise<boolean> {
    this.#world.did('roster uploaded');
    const request = { method: 'POST', path: '/api/worker-imports', body: csv, type: 'text/csv' } as const;
    const { status, body } = await ask(this.#world, 'serveOperators', request);
    if (status === 202) this.#acknowledged.add((JSON.parse(body) as ImportRow).importId);
    else if (status < 500) this.#world.watch.violated('import', `refused with ${status}`);
    return status === 202;
  }

  /** Each person is in line once, whoever named them how often, and each line is accounted for. */
  async check(): Promise<void> {
    const { watch, rows } = this.#world;
    // Loaded late: the vault reads its keys from services that stand by then.
    const { vault } = await import('../../shared/adapters/vault.ts');
    const workers = rows('worker').map(({ workerId }) => workerId as string);
    const found = await vault.findPeople(this.#people.map(nikOf));
    const registered = new Set([...found.values()].map(({ workerId }) => workerId as string));
    if (registered.size !== this.#people.length)
      watch.violated('import', `${registered.size} of ${this.#people.length} people are registered`);
    for (const workerId of workers)
      if (!registered.has(workerId)) watch.violated('import', `${workerId} is nobody, or somebody twice`);
    if (workers.length < registered.size) watch.violated('import', `only ${workers.length} stand in line`);
    this.#accounted();
  }

  #accounted(): void {
    const { watch, rows } = this.#world;
    const chunks = Map.groupBy(rows('import_chunk'), ({ pk }) => pk as string);
    let accepted = 0;
    for (const { importId, lines } of rows('import') as unknown as ImportRow[]) {
      const results = chunks.get(`IMPORT#${importId}`) ?? [];
      const sum = (of: (row: (typeof results)[number]) => number) => results.reduce((all, row) => all + of(row), 0);
      accepted += sum((row) => row.accepted as number);
      const told = sum(
        (row) =>
          (row.accepted as number) +
          ((row.reactivated as number | undefined) ?? 0) +
          (row.duplicates as number) +
          (row.rejected as []).length,
      );
      if (this.#acknowledged.has(importId) && told !== lines)
        watch.violated('import', `${importId} tells of ${told} of ${lines} lines`);
    }
    if (accepted !== this.#people.length)
      watch.violated('import', `${accepted} lines were accepted for ${this.#people.length} people`);
  }
}
