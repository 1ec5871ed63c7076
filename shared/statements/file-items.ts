/** A file of any kind as what its lines mean: payments, credits of an account, or faults. */
import type { BankCredit, BankItem } from './bank.ts';
import { readBankCsv } from './bank-csv.ts';
import { readCamt053 } from './camt053.ts';
import type { FileOrigin } from './file-kinds.ts';
import { readGeneralSettlement } from './general-settlement.ts';
import { textLines } from './lines.ts';
import { readMt940 } from './mt940.ts';
import { type ReceiptLineEntry, readReceipts } from './receipts-csv.ts';
import { readRemittance } from './remittance.ts';
import { readSettlement } from './settlement.ts';
import { SETTLEMENT_PROFILES, type SettlementChannel } from './settlement-profiles.ts';
import type { LineFault, ReadLine, StatementRow } from './statement.ts';
import type { Chunks } from './table-rows.ts';

export type FileItem =
  | { readonly type: 'row'; readonly row: StatementRow }
  | { readonly type: 'credit'; readonly credit: BankCredit }
  | { readonly type: 'receipt'; readonly line: number; readonly entry: ReceiptLineEntry }
  /** Of an account, and nothing to book. */
  | { readonly type: 'debit'; readonly line: number }
  | { readonly type: 'fault'; readonly fault: LineFault };

export interface ReadOptions {
  /** The batch a partner announced. */
  readonly payoutId?: string | undefined;
}

/** @throws Permanent where the file as a whole cannot be read */
export async function* fileItems(
  { kind, source }: FileOrigin,
  chunks: Chunks,
  { payoutId }: ReadOptions = {},
): AsyncGenerator<FileItem> {
  if (kind === 'partner_remittance') yield* rows(readRemittance(source, chunks, payoutId ? { payoutId } : {}));
  else if (kind === 'settlement_statement') yield* rows(settlementLines(source, chunks));
  else if (kind === 'bank_statement') yield* bankItems(source, chunks);
  else yield* receipts(source, chunks);
}

async function* receipts(source: string, chunks: Chunks): AsyncGenerator<FileItem> {
  for await (const read of readReceipts(source, chunks))
    yield read.ok ? { type: 'receipt', line: read.line, entry: read.entry } : { type: 'fault', fault: read.fault };
}

async function* rows(lines: AsyncIterable<ReadLine>): AsyncGenerator<FileItem> {
  for await (const line of lines) yield line.ok ? { type: 'row', row: line.row } : { type: 'fault', fault: line.fault };
}

function settlementLines(source: string, chunks: Chunks): AsyncGenerator<ReadLine> {
  const profile = Object.hasOwn(SETTLEMENT_PROFILES, source) ? SETTLEMENT_PROFILES[source as SettlementChannel] : null;
  // Each profile goes with its own names of columns; which one it is, is known when it runs.
  return profile ? readSettlement(profile as never, chunks) : readGeneralSettlement(source, chunks);
}

function bankItems(source: string, chunks: Chunks): AsyncGenerator<BankItem> {
  if (source === 'mt940') return readMt940(textLines(chunks));
  if (source === 'camt053') return readCamt053(chunks);
  return readBankCsv(chunks, /-(\d+)$/.exec(source)?.[1]);
}
