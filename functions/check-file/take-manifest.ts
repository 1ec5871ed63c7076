/** A partner's signed manifest: which files it sends, with their hashes and control totals. */
import * as z from 'zod';
import type { Instant } from '../../shared/domain/dates.ts';
import { type FileId, fileIdOf } from '../../shared/domain/ids.ts';
import { Permanent } from '../../shared/errors.ts';
import type { ManifestMessage, Sealed } from '../../shared/messages.ts';
import { parseContract, parseJson } from '../../shared/parse.ts';
import type { Announcement, FileRow } from '../../shared/store/files.ts';

export interface ManifestDependencies {
  readonly unseal: (sealed: Sealed) => Promise<Uint8Array>;
  readonly readFileRow: (fileId: FileId) => Promise<FileRow | null>;
  readonly putBatch: (partner: string, batchId: string, files: readonly string[], at: Instant) => Promise<boolean>;
  readonly putAnnouncement: (fileId: FileId, announcement: Announcement) => Promise<void>;
  readonly waitingAs: (partner: string, name: string) => Promise<FileId | null>;
}

const wholeRupiah = z.int();
const manifestSchema = z.object({
  data: z.object({
    batch_id: z.string().min(1).max(100),
    supersedes: z.string().min(1).max(100).nullish(),
    currency: z.literal('IDR'),
    files: z
      .array(
        z.object({
          name: z.string().min(1).max(100),
          sha256: z.string().regex(/^[0-9a-f]{64}$/),
          bytes: z.int().min(0),
          rows: z.int().min(0),
          gross: wholeRupiah,
          fees: wholeRupiah,
          net: wholeRupiah,
        }),
      )
      .min(1)
      .max(100),
  }),
});

/**
 * @returns the keys of those files that came before it
 * @throws Permanent where it cannot be read, or its batch was announced otherwise before
 */
export async function takeManifest(
  { partner, receivedAt, sealedBody }: ManifestMessage,
  { unseal, putBatch, putAnnouncement, readFileRow, waitingAs }: ManifestDependencies,
): Promise<string[]> {
  const body = parseJson(Buffer.from(await unseal(sealedBody)).toString());
  const { batch_id: batchId, supersedes = null, files } = parseContract(manifestSchema, body).data;
  const idOf = (sha256: string) => fileIdOf('partner_remittance', partner, sha256);
  const ids = files.map(({ sha256 }) => idOf(sha256));
  if (!(await putBatch(partner, batchId, ids, receivedAt)))
    throw new Permanent('duplicate_request', { field: 'data.batch_id', detail: `batch ${batchId} names other files` });
  const keys = new Set<string>();
  for (const { name, sha256, bytes, rows, gross, fees, net } of files) {
    const stated = { rows, grossRupiah: gross, feeRupiah: fees, netRupiah: net };
    await putAnnouncement(idOf(sha256), { partner, batchId, name, sha256, bytes, stated, supersedes });
    // The file itself, or another of that name whose bytes are not these.
    for (const fileId of [idOf(sha256), await waitingAs(partner, name)]) {
      const file = fileId && (await readFileRow(fileId));
      if (file && !file.cutAt && file.state !== 'received') keys.add(file.key);
    }
  }
  return [...keys];
}
