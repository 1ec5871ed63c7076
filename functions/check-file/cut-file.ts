/** The second reading: what the file tells goes to the queue in chunks, the same lines in the same chunk on every try. */
import type { FileId } from '../../shared/domain/ids.ts';
import type { Sealed, SealedCredit, StatementMessage } from '../../shared/messages.ts';
import { type BankCredit, orderReferenceIn } from '../../shared/statements/bank.ts';
import { fileItems, type ReadOptions } from '../../shared/statements/file-items.ts';
import type { FileOrigin } from '../../shared/statements/file-kinds.ts';
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
  let [chunk, rows, credits]: [number, StatementRow[], SealedCredit[]] = [0, [], []];
  const send = async () => {
    underWay.push(sendStatement({ contractVersion: 1, fileId: file.fileId, chunk, rows, credits }));
    [chunk, rows, credits] = [chunk + 1, [], []];
    if (underWay.length >= CHUNKS_UNDER_WAY) await Promise.all(underWay.splice(0));
  };
  for await (const item of fileItems(file, chunks, options)) {
    if (item.type === 'row') rows.push(item.row);
    if (item.type === 'credit') credits.push(await sealedCredit(item.credit, seal));
    if (rows.length + credits.length === CHUNK_ITEMS) await send();
  }
  if (rows.length + credits.length > 0) await send();
  await Promise.all(underWay);
  return chunk;
}

async function sealedCredit({ remark, ...credit }: BankCredit, seal: CutDependencies['seal']): Promise<SealedCredit> {
  const sealedRemark = await seal(Buffer.from(remark.slice(0, LONGEST_REMARK_CHARACTERS)));
  return { ...credit, sealedRemark, orderReference: orderReferenceIn(remark) };
}
