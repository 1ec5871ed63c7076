/** Which files about money there are, where each may come from, and under which key it lies in the bucket. */
import { type FileId, fileIdOf } from '../domain/ids.ts';
import { Permanent } from '../errors.ts';
import { SETTLEMENT_PROFILES } from './settlement-profiles.ts';

export const FILE_KINDS = ['partner_remittance', 'settlement_statement', 'bank_statement', 'receipts'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** Gateways whose settlement reports we take in one general form. */
export const GENERAL_SETTLEMENTS = ['midtrans', 'xendit', 'doku', 'stripe'] as const;

const SETTLEMENT_SOURCES: ReadonlySet<string> = new Set([...Object.keys(SETTLEMENT_PROFILES), ...GENERAL_SETTLEMENTS]);
const OWN_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** What a source of each kind looks like; the sentence is for whoever gave another. */
const SOURCES: Readonly<Record<FileKind, { readonly is: (source: string) => boolean; readonly text: string }>> = {
  partner_remittance: { is: (source) => OWN_NAME.test(source), text: 'the name of the partner' },
  settlement_statement: {
    is: (source) => SETTLEMENT_SOURCES.has(source),
    text: `one of ${[...SETTLEMENT_SOURCES].join(', ')}`,
  },
  bank_statement: {
    is: (source) => /^(?:mt940|camt053|(?:klikbca|csv)(?:-[0-9]{4,34})?)$/.test(source),
    text: 'mt940, camt053, klikbca or csv; behind klikbca and csv the account, as in csv-1234567890',
  },
  receipts: { is: (source) => OWN_NAME.test(source), text: 'the name of the office' },
};

/** One line at fault refuses the whole file: of these the totals are the sender's, and must hold. */
export const ALL_OR_NOTHING: ReadonlySet<FileKind> = new Set(['partner_remittance', 'bank_statement']);

export interface FileOrigin {
  readonly kind: FileKind;
  readonly source: string;
}

/** @throws Permanent `invalid_request`, naming the field */
export function fileOrigin(kind: string | undefined, source: string | undefined): FileOrigin {
  const known = FILE_KINDS.find((each) => each === kind);
  if (!known)
    throw new Permanent('invalid_request', { field: 'kind', detail: `kind is one of ${FILE_KINDS.join(', ')}` });
  const { is, text } = SOURCES[known];
  if (source === undefined || !is(source))
    throw new Permanent('invalid_request', { field: 'source', detail: `source of ${known} is ${text}` });
  return { kind: known, source };
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._ ()+-]{0,99}$/;

/** @throws Permanent `invalid_request` */
export function fileName(name: string | undefined): string {
  if (name === undefined || !FILE_NAME.test(name))
    throw new Permanent('invalid_request', {
      field: 'name',
      detail: 'a name has up to 100 letters, digits, spaces and any of . _ - + ( )',
    });
  return name;
}

export interface FilePlace extends FileOrigin {
  readonly name: string;
  /** Which file is said to lie there, where it came by the operators' API. */
  readonly announced: FileId | null;
}

/** Two files of one name from the same source lie apart. */
export function uploadKey({ kind, source }: FileOrigin, name: string, sha256: string): string {
  return `inbox/${kind}/${source}/${fileIdOf(kind, source, sha256)}-${name}`;
}

/**
 * `inbox/<kind>/<source>/<name>`, as uploads and people put files there.
 *
 * @throws Permanent `invalid_request` where no file of ours has such a key
 */
export function placeOfKey(key: string): FilePlace {
  const [, kind, source, given] = /^inbox\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  const [, announced, rest] = /^(fil_[0-9a-f]{20})-(.+)$/.exec(given ?? '') ?? [];
  return {
    ...fileOrigin(kind, source),
    name: fileName(rest ?? given),
    announced: (announced as FileId | undefined) ?? null,
  };
}
