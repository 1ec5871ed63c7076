/**
 * What travels between functions: queue bodies and state-machine input. Each carries `contractVersion`, because a
 * workflow of 92 days outlives every deploy. None carries personal data; a raw body travels sealed (I9).
 */
import * as z from 'zod';
import type { CanonicalEvent } from './domain/canonical-event.ts';
import { EVENT_KINDS } from './domain/canonical-event.ts';
import { CHANNELS } from './domain/channels.ts';
import { END_REASONS } from './domain/cover-end.ts';
import type { CivilDate, Instant } from './domain/dates.ts';
import type {
  AllocationId,
  CampaignId,
  CohortId,
  CoverId,
  DonationId,
  FileId,
  FundId,
  ImportId,
  QuarantineId,
} from './domain/ids.ts';
import type { Rupiah } from './domain/money.ts';
import { REASONS, type ReasonCode } from './domain/reasons.ts';

const id = <T extends string>() => z.string().min(1) as unknown as z.ZodType<T, T>;
const instant = z.string() as unknown as z.ZodType<Instant, Instant>;
const rupiah = z.int() as unknown as z.ZodType<Rupiah, Rupiah>;
const reason = z.enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]);
const contractVersion = z.literal(1);

export const sealedSchema = z.strictObject({ keyId: z.string(), iv: z.string(), data: z.string() });
/** AES-256-GCM: `data` is ciphertext and tag, base64. */
export type Sealed = z.infer<typeof sealedSchema>;

export const canonicalEventSchema = z.object({
  gateway: z.string(),
  kind: z.enum(EVENT_KINDS),
  paymentId: z.string().min(1),
  effectKey: z.string().min(1),
  amountRupiah: rupiah.nullable(),
  feeRupiah: rupiah,
  orderReference: z.string().nullable(),
  occurredAt: instant,
  channel: z.string(),
  voidsPayment: z.boolean().optional(),
  fundClass: z.enum(['general', 'csr', 'zakat']).optional(),
  statusPath: z.string().optional(),
  otherIds: z.array(z.string().min(1)).optional(),
  side: z.enum(['invoice', 'channel']).optional(),
}) as unknown as z.ZodType<CanonicalEvent>;

/** payments queue: one verified message. `problem`: authentic, but it cannot be booked as it is. */
export const paymentMessageSchema = z.object({
  contractVersion,
  /** `midtrans`, `partner:kitabisa`. */
  gateway: z.string(),
  deliveryKey: z.string(),
  receivedAt: instant,
  events: z.array(canonicalEventSchema),
  ignored: z.boolean(),
  problem: z.object({ reason, field: z.string().optional(), detail: z.string().optional() }).optional(),
  /** Where it came in: with some gateways the path says what the body means. */
  path: z.string().optional(),
  sealedBody: sealedSchema,
  /** A statement is the channel's own word: nobody is asked whether it is true, and it names no donor. */
  authority: z.literal('statement').optional(),
  /** Set when a person released it from quarantine. */
  releasedFrom: id<QuarantineId>().optional(),
});
export type PaymentMessage = z.infer<typeof paymentMessageSchema>;

/** funds queue (FIFO, group = fund): the only way to ask the fund's one writer for something. */
export const fundMessageSchema = z.discriminatedUnion('kind', [
  /** A gift was booked: buy whole terms with it, pool the rest. */
  z.object({ contractVersion, kind: z.literal('donation'), fundId: id<FundId>(), donationId: id<DonationId>() }),
  /** The registrar rejected a cover: give its money back, then the next in line. */
  z.object({ contractVersion, kind: z.literal('release'), fundId: id<FundId>(), coverId: id<CoverId>(), reason }),
  /** The registrar accepted in another month than planned: price it anew. */
  z.object({
    contractVersion,
    kind: z.literal('reprice'),
    fundId: id<FundId>(),
    coverId: id<CoverId>(),
    startDate: id<CivilDate>(),
  }),
  /** The worker died or left, or somebody else pays: months not used go back. */
  z.object({
    contractVersion,
    kind: z.literal('end'),
    fundId: id<FundId>(),
    coverId: id<CoverId>(),
    /** The first day on which the worker is not to be covered. */
    endsOn: id<CivilDate>(),
    reason: z.enum(END_REASONS),
  }),
  /** The tariff changed: price the months not yet handed over anew. */
  z.object({ contractVersion, kind: z.literal('adjust'), fundId: id<FundId>(), coverId: id<CoverId>() }),
  /** Workers arrived or money came back: buy what the pool can. */
  z.object({ contractVersion, kind: z.literal('fill'), fundId: id<FundId>() }),
]);
export type FundMessage = z.infer<typeof fundMessageSchema>;
/** What a fund's one writer is asked, and what makes this request another than the last. */
export interface FundRequest {
  readonly message: FundMessage;
  readonly occasion: string;
}

/** enrolments queue: hand an allocation to the registrar, or collect its answers. */
export const enrolmentMessageSchema = z.object({
  contractVersion,
  kind: z.enum(['submit', 'collect']),
  allocationId: id<AllocationId>(),
});
export type EnrolmentMessage = z.infer<typeof enrolmentMessageSchema>;

/** nudges queue: one page of covers due for one step. */
export const nudgeMessageSchema = z.object({
  contractVersion,
  cohortId: id<CohortId>(),
  /** Whose step it is; absent: the standing campaign, which the lifecycle's own reminders belong to. */
  campaignId: id<CampaignId>().optional(),
  /** `T-30` … `T+60`. */
  step: z.string(),
  endDate: id<CivilDate>(),
  coverIds: z.array(id<CoverId>()).min(1),
  /** Whom it is for must not be written to before: the page waits for their morning. */
  notBefore: instant.optional(),
  /** On these channels the provider could not reach the worker, so another is next. */
  notOn: z.array(z.enum(CHANNELS)).optional(),
});
export type NudgeMessage = z.infer<typeof nudgeMessageSchema>;

/** imports queue: some lines of a roster, sealed. */
export const importMessageSchema = z.object({
  contractVersion,
  importId: id<ImportId>(),
  chunk: z.int().min(0),
  sealedLines: sealedSchema,
});
export type ImportMessage = z.infer<typeof importMessageSchema>;

/** files queue: what the object store says of a new object, or a manifest that a partner signed. */
export const fileMessageSchema = z.union([
  z.object({ Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string().min(1) }) }) })) }),
  /** Sent once, when the bucket is told of the queue. */
  z.object({ Event: z.literal('s3:TestEvent') }),
  z.object({
    contractVersion,
    kind: z.literal('manifest'),
    partner: z.string().min(1),
    receivedAt: instant,
    sealedBody: sealedSchema,
  }),
]);
export type FileMessage = z.infer<typeof fileMessageSchema>;
export type ManifestMessage = Extract<FileMessage, { kind: 'manifest' }>;

const statementRowSchema = z.object({
  line: z.int(),
  gateway: z.string().min(1),
  kind: z.enum(['paid', 'refunded', 'charged_back', 'reinstated']),
  paymentId: z.string().min(1),
  effectKey: z.string().min(1),
  amountRupiah: rupiah,
  feeRupiah: rupiah.nullable(),
  occurredAt: instant,
  channel: z.string(),
  orderReference: z.string().nullable(),
  payoutId: z.string().nullable(),
});

/** What came into an account. What the payer wrote is personal data. */
const sealedCreditSchema = z.object({
  line: z.int(),
  account: z.string().min(1),
  creditId: z.string().min(1),
  bookedOn: id<CivilDate>(),
  amountRupiah: rupiah,
  sealedRemark: sealedSchema,
  /** Of the pledge the remark names. */
  orderReference: z.string().nullable(),
});
export type SealedCredit = z.infer<typeof sealedCreditSchema>;

/** statements queue: some lines of a file that was checked. */
export const statementMessageSchema = z.object({
  contractVersion,
  fileId: id<FileId>(),
  chunk: z.int().min(0),
  rows: z.array(statementRowSchema),
  credits: z.array(sealedCreditSchema),
  /** Receipts of an office, which name their donors: as JSON, sealed. */
  sealedReceipts: sealedSchema.optional(),
});
export type StatementMessage = z.infer<typeof statementMessageSchema>;

/** Input of one child of a lifecycle map: one shard of one cohort in one phase. */
export const phaseTaskSchema = z.object({
  contractVersion,
  cohortId: id<CohortId>(),
  phase: z.string(),
  shard: z.object({ shard: z.int().min(0) }),
});
export type PhaseTask = z.infer<typeof phaseTaskSchema>;
