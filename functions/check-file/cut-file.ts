/** The second reading: what the file tells goes to the queue in chunks, the same lines in the same chunk on every try. */
import type { FileId } from '../../shared/domain/ids.ts';
import type { Sealed, SealedCredit, StatementMessage } from '../../shared/messages.ts';
import { type BankCredit, orderReferenceIn } from '../../shared/statements/bank.ts';
import { type FileItem, fileItems, type ReadOptions } from '../../shared/statements/file-items.ts';
import type { FileOrigin } from '../../shared/statements/file-kinds.ts';
import type { ReceiptLineEntry } from '../../shared/statements/receipts-csv.ts';
import type { StatementRow } from '../../shared/statements/statement.ts';

/** Of up to a kilobyte each, sealed remark included: a message may have 256 KiB. */
export const CHUNK_ITEMS = 200;
const LONGEST_REMARK_CHARACTERS = 400;
/** Chunks on their way to the queue at once: more would only wait in memory. */
const CHUNKS_UNDER_WAY = 8;

export interface CutDependencies {
  readonly seal: (bytes: Uint8Array) => Promise<Sealed>;
  readonly sendStatement: (message: StatementMessage) => Promise<void>;
}

/** @returns how many chunks there were */
export async function cutFile(
  file: FileOrigin & { readonly fileId: FileId },
  chunks: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  { seal, sendStatement }: CutDependencies,
): Promise<number> {
  const underWay: Promise<void>[] = [];
  let [cut, items]: [number, FileItem[]] = [0, []];
  const send = async () => {
    const message = await messageOf(file.fileId, cut, items, seal);
    underWay.push(sendStatement(message));
    [cut, items] = [cut + 1, []];
    if (underWay.length >= CHUNKS_UNDER_WAY) await Promise.all(underWay.splice(0));
  };
  for await (const item of fileItems(file, chunks, options)) {
    if (item.type !== 'debit' && item.type !== 'fault') items.push(item);
    if (items.length === CHUNK_ITEMS) await send();
  }
  if (items.length > 0) await send();
  await Promise.all(underWay);
  return cut;
}

async function messageOf(
  fileId: FileId,
  chunk: number,
  items: readonly FileItem[],
  seal: CutDependencies['seal'],
): Promise<StatementMessage> {
  const rows: StatementRow[] = [];
  const credits: SealedCredit[] = [];
  const receipts: { line: number; entry: ReceiptLineEntry }[] = [];
  for (const item of items) {
    if (item.type === 'row') rows.push(item.row);
    if (item.type === 'credit') credits.push(await sealedCredit(item.credit, seal));
    if (item.type === 'receipt') receipts.push({ line: item.line, entry: item.entry });
  }
  const sealedReceipts = receipts.length > 0 ? await seal(Buffer.from(JSON.stringify(receipts))) : undefined;
  return { contractVersion: 1, fileId, chunk, rows, credits, ...(sealedReceipts ? { sealedReceipts } : {}) };
}

async function sealedCredit({ remark, ...credit }: BankCredit, seal: CutDependencies['seal']): Promise<SealedCredit> {
  const sealedRemark = await seal(Buffer.from(remark.slice(0, LONGEST_REMARK_CHARACTERS)));
  return { ...credit, sealedRemark, orderReference: orderReferenceIn(remark) };
}
