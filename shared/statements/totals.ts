/** Sums over the lines of a file, to be held against what the file or its manifest says they are. */
import { type Rupiah, ZERO_RUPIAH } from '../domain/money.ts';
import type { ControlTotals, StatementRow } from './statement.ts';

export const NO_TOTALS: ControlTotals = { rows: 0, grossRupiah: 0, feeRupiah: 0, netRupiah: 0 };

/** Gross is what came in less what went back; net is gross less fees. */
export function withRow(totals: ControlTotals, { kind, amountRupiah, feeRupiah }: StatementRow): ControlTotals {
  const gross = kind === 'paid' || kind === 'reinstated' ? amountRupiah : -amountRupiah;
  const fee: Rupiah = feeRupiah ?? ZERO_RUPIAH;
  return {
    rows: totals.rows + 1,
    grossRupiah: totals.grossRupiah + gross,
    feeRupiah: totals.feeRupiah + fee,
    netRupiah: totals.netRupiah + gross - fee,
  };
}

/** The totals that differ, by name; what was not stated is not compared. */
export function differingTotals(stated: Partial<ControlTotals>, read: ControlTotals): (keyof ControlTotals)[] {
  const names = Object.keys(NO_TOTALS) as (keyof ControlTotals)[];
  return names.filter((name) => stated[name] !== undefined && stated[name] !== read[name]);
}
