/** Files about money, handed in as an operator does. */
import { createHash } from 'node:crypto';
import type { Client } from './client.ts';
import { partnerHeaders } from './partner.ts';
import type { System } from './system.ts';
import { wibTime } from './wib.ts';

export interface FileOfMoney {
  readonly kind: string;
  readonly source: string;
  readonly name: string;
}

export interface FileSeen {
  readonly fileId: string;
  readonly state: string;
  readonly refusal: { readonly reason: string; readonly line: number | null; readonly column: string | null } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly faultCount: number;
  readonly faults: readonly { readonly line: number; readonly column: string | null; readonly reason: string }[];
  readonly differences: readonly Record<string, unknown>[];
  readonly supersededBy: string | null;
}

export function fileAt(client: Client, fileId: string): Promise<FileSeen> {
  return client.must('GET', `/api/files/${fileId}`);
}

export async function postFile(
  client: Client,
  file: FileOfMoney,
  body: string,
  more: Readonly<Record<string, string>> = {},
) {
  const headers = { authorization: `Bearer ${client.token}`, 'content-type': 'text/csv' };
  const search = new URLSearchParams({ ...file, ...more });
  return client.request<{ fileId: string }>('POST', `/api/files?${search}`, { headers, body });
}

/** Hands it in, waits until all is done, and looks. */
export async function handIn(
  system: System,
  file: FileOfMoney,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<FileSeen> {
  const answer = await postFile(system, file, body, more);
  if (answer.status !== 202) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  await system.settle();
  return fileAt(system, answer.body.fileId);
}

export interface Line {
  readonly paymentId: string;
  readonly amountRupiah: number;
  readonly feeRupiah?: number;
  readonly kind?: string;
  readonly refundId?: string;
  readonly settledAt?: string;
}

const HEADER = 'payment_id,kind,amount,fee,settled_at,payout_id,refund_id';

export function statementLine({ paymentId, amountRupiah, feeRupiah = 0, ...more }: Line): string {
  const { kind = 'paid', refundId = '', settledAt = '2026-11-30T10:00:00+07:00' } = more;
  return [paymentId, kind, amountRupiah, feeRupiah, settledAt, 'PO-1', refundId].join(',');
}

export function statement(lines: readonly string[]): string {
  return [HEADER, ...lines, ''].join('\n');
}

/** The signed word of a partner about a file of its own. */
export interface Announced {
  readonly batchId: string;
  readonly name: string;
  readonly body: string;
  readonly totals: { readonly rows: number; readonly gross: number; readonly fees: number; readonly net: number };
  readonly supersedes?: string;
}

export async function announce(system: System, { batchId, name, body, totals, supersedes }: Announced) {
  const sentMilliseconds = await system.nowMilliseconds();
  const sha256 = createHash('sha256').update(body).digest('hex');
  const files = [{ name, sha256, bytes: Buffer.byteLength(body), ...totals }];
  const document = JSON.stringify({
    type: 'remittance.manifest',
    timestamp: wibTime(sentMilliseconds),
    data: { partner: 'kitabisa', batch_id: batchId, currency: 'IDR', files, ...(supersedes ? { supersedes } : {}) },
  });
  const headers = partnerHeaders(document, { sentMilliseconds });
  return system.request('POST', '/webhooks/partner/kitabisa/manifest', { headers, body: document });
}
