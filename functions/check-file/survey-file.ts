/** The first reading of a file: its hash, its totals and every fault in it, before anything is booked. */
import { createHash } from 'node:crypto';
import type { ReasonCode } from '../../shared/domain/reasons.ts';
import { Permanent } from '../../shared/errors.ts';
import { type FileItem, fileItems } from '../../shared/statements/file-items.ts';
import type { FileOrigin } from '../../shared/statements/file-kinds.ts';
import type { ControlTotals, LineFault } from '../../shared/statements/statement.ts';
import { NO_TOTALS, withRow } from '../../shared/statements/totals.ts';

/** Faults kept with the file; the rest are counted. As many fit in one row of the table. */
const FAULTS_KEPT = 500;

export interface Survey {
  readonly bytes: number;
  readonly sha256: string;
  readonly totals: ControlTotals;
  /** Lines that will be handed on. */
  readonly items: number;
  readonly faultCount: number;
  readonly faults: readonly LineFault[];
  /** The file as a whole cannot be read. */
  readonly unreadable?: { readonly reason: ReasonCode; readonly column: string | null; readonly detail: string };
}

/** @param open the bytes from the beginning, as often as asked */
export async function surveyFile(origin: FileOrigin, open: () => Promise<AsyncIterable<Uint8Array>>): Promise<Survey> {
  const meter = new BytesRead(await open());
  const found = new Findings();
  try {
    for await (const item of fileItems(origin, meter)) found.take(item);
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    found.unreadable = { reason: error.reason, column: error.field ?? null, detail: error.message };
  }
  // A reader that met a fault it cannot pass stops; the hash is of the whole file.
  const whole = meter.isAtEnd ? meter : await readToEnd(await open());
  const { totals, items, faultCount, faults, unreadable } = found;
  const read = { bytes: whole.bytes, sha256: whole.sha256(), totals, items, faultCount, faults };
  return unreadable ? { ...read, unreadable } : read;
}

class Findings {
  totals: ControlTotals = NO_TOTALS;
  items = 0;
  faultCount = 0;
  readonly faults: LineFault[] = [];
  unreadable: Survey['unreadable'];

  take(item: FileItem): void {
    if (item.type === 'fault') {
      this.faultCount += 1;
      if (this.faults.length < FAULTS_KEPT) this.faults.push(item.fault);
    } else if (item.type === 'row') {
      this.items += 1;
      this.totals = withRow(this.totals, item.row);
    } else if (item.type !== 'debit') {
      this.items += 1;
      this.#add(item.type === 'credit' ? item.credit.amountRupiah : item.entry.amountRupiah);
    }
  }

  #add(amountRupiah: number): void {
    const { rows, grossRupiah, feeRupiah, netRupiah } = this.totals;
    this.totals = {
      rows: rows + 1,
      grossRupiah: grossRupiah + amountRupiah,
      feeRupiah,
      netRupiah: netRupiah + amountRupiah,
    };
  }
}

async function readToEnd(chunks: AsyncIterable<Uint8Array>): Promise<BytesRead> {
  const meter = new BytesRead(chunks);
  for await (const _chunk of meter);
  return meter;
}

/** Passes bytes on and takes their measure. */
class BytesRead {
  bytes = 0;
  isAtEnd = false;
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #hash = createHash('sha256');

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  sha256(): string {
    return this.#hash.digest('hex');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.#hash.update(chunk);
      this.bytes += chunk.length;
      yield chunk;
    }
    this.isAtEnd = true;
  }
}
