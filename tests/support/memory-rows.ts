/** Rows of one table in memory: partitions sorted by their sort key, and indexes that may be made to lag. */
import { type Item, ValidationException, type Value } from './expressions.ts';
import type { KeyRange } from './key-conditions.ts';

export interface IndexKeys {
  readonly hash: string;
  readonly sort: string;
  readonly keysOnly: boolean;
}

export interface RowPage {
  readonly items: Item[];
  readonly lastKey: Item | undefined;
}

const TABLE_KEYS = { hash: 'pk', sort: 'sk' } as const;

function firstAtOrAfter(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows under one hash key, in order. */
class Partition {
  readonly places: string[] = [];
  readonly rows = new Map<string, Item>();

  put(place: string, row: Item): void {
    if (!this.rows.has(place)) this.places.splice(firstAtOrAfter(this.places, place), 0, place);
    this.rows.set(place, row);
  }

  remove(place: string): void {
    if (this.rows.delete(place)) this.places.splice(firstAtOrAfter(this.places, place), 1);
  }
}

/** A sorted view of the rows: the table itself, or an index of those that have its keys. */
class View {
  readonly keys: { readonly hash: string; readonly sort: string };
  readonly #isIndex: boolean;
  readonly #partitions = new Map<string, Partition>();
  #hashes: readonly string[] | undefined;

  constructor(keys: { readonly hash: string; readonly sort: string }, isIndex: boolean) {
    this.keys = keys;
    this.#isIndex = isIndex;
  }

  replace(before: Item | undefined, after: Item | undefined): void {
    if (before && this.#holds(before))
      this.#partitions.get(before[this.keys.hash] as string)?.remove(this.#place(before));
    if (!after || !this.#holds(after)) return;
    const hash = after[this.keys.hash] as string;
    this.#partition(hash).put(this.#place(after), after);
  }

  find(key: Item): Item | undefined {
    return this.#partitions.get(key[this.keys.hash] as string)?.rows.get(this.#place(key));
  }

  /** Rows of a range after a key, at most so many; the last key is given wherever the limit was reached. */
  range(
    range: KeyRange,
    { limit, forward, start }: { limit: number; forward: boolean; start?: Item | undefined },
  ): RowPage {
    const partition = this.#partitions.get(range.partition) ?? new Partition();
    const { places, rows } = partition;
    const startPlace = start && this.#place(start);
    const items: Item[] = [];
    const first = firstAtOrAfter(places, startPlace && forward && startPlace > range.from ? startPlace : range.from);
    const found = forward ? places : places.toReversed();
    for (let index = forward ? first : 0; index < found.length; index += 1) {
      const place = found[index] as string;
      if (startPlace !== undefined && (forward ? place <= startPlace : place >= startPlace)) continue;
      const row = rows.get(place) as Item;
      if (!range.holds(row[this.keys.sort] as string)) {
        if (items.length > 0) break;
        continue;
      }
      items.push(row);
      if (items.length === limit) return { items, lastKey: this.keyOf(row) };
    }
    return { items, lastKey: undefined };
  }

  /** Every row after a key, partition by partition. */
  *after(start: Item | undefined): Generator<Item> {
    this.#hashes ??= [...this.#partitions.keys()].sort();
    const startHash = (start?.[this.keys.hash] as string | undefined) ?? '';
    for (let index = firstAtOrAfter(this.#hashes, startHash); index < this.#hashes.length; index += 1) {
      const hash = this.#hashes[index] as string;
      const { places, rows } = this.#partitions.get(hash) as Partition;
      const startPlace = start && hash === startHash ? this.#place(start) : undefined;
      for (const place of places) if (startPlace === undefined || place > startPlace) yield rows.get(place) as Item;
    }
  }

  keyOf(row: Item): Item {
    const names = new Set([TABLE_KEYS.hash, TABLE_KEYS.sort, this.keys.hash, this.keys.sort]);
    return Object.fromEntries([...names].map((name) => [name, row[name]]));
  }

  #partition(hash: string): Partition {
    const known = this.#partitions.get(hash);
    if (known) return known;
    const opened = new Partition();
    this.#partitions.set(hash, opened);
    this.#hashes = undefined;
    return opened;
  }

  #holds(row: Item): boolean {
    return row[this.keys.hash] !== undefined && row[this.keys.sort] !== undefined;
  }

  #place(row: Item): string {
    const sort = row[this.keys.sort] as string;
    return this.#isIndex ? `${sort}\0${row.pk}\0${row.sk}` : sort;
  }
}

/** What is stored: no undefined, no empty set, nothing a caller can still change. */
export function storable(value: Value): Value {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new ValidationException(`not a number: ${value}`);
  if (typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol')
    throw new ValidationException(`a ${typeof value} cannot be stored`);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set) {
    if (value.size === 0) throw new ValidationException('an empty set cannot be stored');
    return new Set(value);
  }
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return Object.freeze(value.map(storable));
  if (Object.getPrototypeOf(value) !== Object.prototype)
    throw new ValidationException(`a ${value.constructor?.name} cannot be stored`);
  const copy: Item = {};
  for (const [name, part] of Object.entries(value)) if (part !== undefined) copy[name] = storable(part);
  return Object.freeze(copy);
}

export class MemoryRows {
  readonly #table = new View(TABLE_KEYS, false);
  readonly #indexes: ReadonlyMap<string, { readonly view: View; readonly keysOnly: boolean }>;
  readonly #late: (() => void)[] = [];
  /** While true, indexes stand still; `catchUp` brings them up to date. */
  indexesLag = false;
  /** Told of every change of a row, one by one even where a transaction makes several. */
  onChange: ((before: Item | undefined, after: Item | undefined) => void) | undefined;

  constructor(indexes: Readonly<Record<string, IndexKeys>>) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, keys]) => [name, { view: new View(keys, true), keysOnly: keys.keysOnly }]),
    );
  }

  get(key: Item): Item | undefined {
    return this.#table.find(key);
  }

  put(item: Item): void {
    const row = storable(item) as Item;
    this.#assertKeys(row);
    this.#replace(this.get(row), row);
  }

  delete(key: Item): void {
    this.#replace(this.get(key), undefined);
  }

  query(
    indexName: string | undefined,
    rangeOf: (hash: string, sort: string) => KeyRange,
    options: { limit: number; forward: boolean; start?: Item | undefined },
  ): RowPage {
    const index = indexName === undefined ? undefined : this.#index(indexName);
    const view = index?.view ?? this.#table;
    const page = view.range(rangeOf(view.keys.hash, view.keys.sort), options);
    return index?.keysOnly ? { ...page, items: page.items.map((row) => view.keyOf(row)) } : page;
  }

  /** Every row after a key, partition by partition. */
  after(start?: Item | undefined): Generator<Item> {
    return this.#table.after(start);
  }

  catchUp(): void {
    for (const apply of this.#late.splice(0)) apply();
  }

  #replace(before: Item | undefined, after: Item | undefined): void {
    this.#table.replace(before, after);
    this.onChange?.(before, after);
    for (const { view } of this.#indexes.values()) {
      if (this.indexesLag) this.#late.push(() => view.replace(before, after));
      else view.replace(before, after);
    }
  }

  #index(name: string) {
    const index = this.#indexes.get(name);
    if (!index) throw new ValidationException(`no index ${name}`);
    return index;
  }

  #assertKeys(row: Item): void {
    const names = [TABLE_KEYS.hash, TABLE_KEYS.sort];
    for (const { view } of this.#indexes.values())
      for (const name of [view.keys.hash, view.keys.sort]) if (name in row) names.push(name as 'pk');
    for (const name of names)
      if (typeof row[name] !== 'string' || row[name] === '') throw new ValidationException(`${name} is not a key`);
  }
}
