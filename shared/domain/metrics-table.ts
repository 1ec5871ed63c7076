/** A figure as a whole and by groups: one cell of all, and one for each group of each dimension asked for. */
import type { CivilDate } from './dates.ts';
import { type Dimension, type GroupName, groupName } from './group-names.ts';

/** Days `[from, to)`; null: without a bound. */
export interface Period {
  readonly from: CivilDate | null;
  readonly to: CivilDate | null;
}

export function isWithin(day: CivilDate, { from, to }: Period): boolean {
  return (from === null || day >= from) && (to === null || day < to);
}

export interface GroupOf {
  readonly group: string;
  readonly name: GroupName;
}

export interface MetricsTable<Shown> {
  readonly total: Shown;
  readonly by: Readonly<Partial<Record<Dimension, readonly (GroupOf & Shown)[]>>>;
}

/** The group of a case in a dimension; undefined where the dimension does not know it. */
export type GroupFinder = (dimension: Dimension) => string | undefined;

export class Cells<Cell> {
  readonly #total: Cell;
  readonly #newCell: () => Cell;
  readonly #groups: ReadonlyMap<Dimension, Map<string, Cell>>;

  constructor(dimensions: readonly Dimension[], newCell: () => Cell) {
    this.#total = newCell();
    this.#newCell = newCell;
    this.#groups = new Map(dimensions.map((dimension) => [dimension, new Map<string, Cell>()]));
  }

  /** Those a case counts in. */
  of(groupOf: GroupFinder): Cell[] {
    const cells = [this.#total];
    for (const [dimension, groups] of this.#groups) {
      const group = groupOf(dimension);
      if (group === undefined) continue;
      const cell = groups.get(group) ?? this.#newCell();
      groups.set(group, cell);
      cells.push(cell);
    }
    return cells;
  }

  table<Shown extends object>(show: (cell: Cell) => Shown): MetricsTable<Shown> {
    const by: Partial<Record<Dimension, (GroupOf & Shown)[]>> = {};
    for (const [dimension, groups] of this.#groups)
      by[dimension] = [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([group, cell]) => ({ group, name: groupName(dimension, group), ...show(cell) }));
    return { total: show(this.#total), by };
  }
}
