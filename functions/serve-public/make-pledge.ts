/** A donor's promise: what it costs, what it is for, and the reference under which it will be paid. */
import * as z from 'zod';
import {
  addSeconds,
  type CivilDate,
  civilDate,
  civilDateOf,
  civilMonth,
  type Instant,
  isCivilDate,
  monthOf,
} from '../../shared/domain/dates.ts';
import type { DonorId } from '../../shared/domain/donor.ts';
import {
  DEFAULT_PACKAGE,
  DEFAULT_TERM_MONTHS,
  type Earmark,
  FALLBACKS,
  type FundDescriptor,
  type GiftClass,
  type GiftPurpose,
} from '../../shared/domain/fund.ts';
import type { PledgeId, WorkerId } from '../../shared/domain/ids.ts';
import { type Rupiah, rupiah } from '../../shared/domain/money.ts';
import { readOccupation } from '../../shared/domain/occupations.ts';
import { OVERPAYMENTS, unitPriceRupiah } from '../../shared/domain/pledge.ts';
import type { AllocationPolicy } from '../../shared/domain/policy.ts';
import type { Tariff } from '../../shared/domain/tariff.ts';
import type { WorkerRow } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Pledge } from '../../shared/store/pledges.ts';

const text = (maximum: number) => z.string().trim().min(1).max(maximum);

export const pledgeRequestSchema = z
  .object({
    donor: z.object({
      kind: z.enum(['corporate', 'soe', 'individual', 'zakat_body', 'government']),
      name: text(200).optional(),
      email: z.email().max(254).nullish(),
      phone: text(32).nullish(),
      anonymous: z.boolean().default(false),
      language: z.enum(['id', 'en']).default('id'),
    }),
    channel: text(40).default('gn-lingkaran'),
    amountRupiah: z.int().min(1).max(1_000_000_000_000_000).optional(),
    workers: z.int().min(1).max(28_000_000).optional(),
    termMonths: z.int().min(1).max(12).default(DEFAULT_TERM_MONTHS),
    package: z.enum(['JKK_JKM', 'JKK_JKM_JHT']).default(DEFAULT_PACKAGE),
    startMonth: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
      .optional(),
    earmark: z
      .object({
        region: z
          .string()
          .regex(/^\d{2}(\.\d{2}){0,3}$/)
          .optional(),
        occupation: text(40).optional(),
        disability: z.boolean().optional(),
        workers: z
          .array(z.string().regex(/^wrk_[0-9a-f]+$/))
          .min(1)
          .max(1000)
          .optional(),
        mode: z.enum(['hard', 'soft']).optional(),
        expiresOn: z.string().refine(isCivilDate).transform(civilDate).optional(),
        fallback: z.enum(FALLBACKS).optional(),
      })
      .refine(({ mode, expiresOn }) => mode !== 'soft' || expiresOn === undefined, {
        path: ['expiresOn'],
        message: 'a soft earmark goes to anybody at once; only a hard one expires',
      })
      .refine(({ expiresOn, fallback }) => fallback === undefined || expiresOn !== undefined, {
        path: ['fallback'],
        message: 'a fallback needs expiresOn',
      })
      .default({}),
    fundClass: z.enum(['general', 'csr', 'zakat']).optional(),
    /** The order reference or the receipt of the gift whose workers are to be covered again. */
    renewalOf: text(60).optional(),
    overpayment: z.enum(OVERPAYMENTS).default('fund'),
    recurrence: z
      .strictObject({ every: z.literal('P1M'), count: z.int().min(1).max(120).nullable().default(null) })
      .optional(),
  })
  .refine(({ amountRupiah, workers }) => (amountRupiah === undefined) !== (workers === undefined), {
    path: ['amountRupiah'],
    message: 'give either amountRupiah or workers',
  })
  .refine(({ renewalOf, earmark }) => renewalOf === undefined || earmark.workers === undefined, {
    path: ['renewalOf'],
    message: 'give either renewalOf or earmark.workers',
  });
export type PledgeRequest = z.infer<typeof pledgeRequestSchema>;

const CLASS_OF_DONOR: Readonly<Record<PledgeRequest['donor']['kind'], GiftClass>> = {
  corporate: 'csr',
  soe: 'csr',
  individual: 'general',
  zakat_body: 'zakat',
  government: 'general',
};

const VALID_SECONDS = 14 * 86_400;

export interface MakePledgeDependencies {
  readonly now: () => Instant;
  readonly tariffInForce: (today: CivilDate) => Tariff;
  /** Unguessable text, at least 128 bits of it. */
  readonly newToken: () => string;
  /** Null for who leaves no contact. */
  readonly keepDonor: (donor: PledgeRequest['donor']) => Promise<DonorId | null>;
  readonly putPledge: (pledge: Pledge) => Promise<boolean>;
  /** By its order reference or its receipt. */
  readonly findPledge: (reference: string) => Promise<Pledge | null>;
  /** Those of these workers that are registered. */
  readonly knownWorkers: (workerIds: readonly WorkerId[]) => Promise<ReadonlyMap<WorkerId, WorkerRow>>;
  readonly policyAt: (now: Instant) => Promise<AllocationPolicy>;
}

function descriptorOf(
  request: PledgeRequest,
  renewalOf: string | null,
  today: ReturnType<typeof civilDateOf>,
): GiftPurpose {
  const startMonth = request.startMonth ? civilMonth(request.startMonth) : null;
  if (startMonth && startMonth < monthOf(today))
    throw new Permanent('invalid_request', { field: 'startMonth', detail: 'startMonth has passed' });
  const { workers, occupation, ...earmark } = request.earmark;
  if (earmark.expiresOn && earmark.expiresOn <= today)
    throw new Permanent('invalid_request', { field: 'earmark.expiresOn', detail: 'earmark.expiresOn has passed' });
  return {
    fundClass: request.fundClass ?? CLASS_OF_DONOR[request.donor.kind],
    package: request.package,
    termMonths: request.termMonths,
    startMonth: startMonth === monthOf(today) ? null : startMonth,
    earmark: {
      ...earmark,
      ...(occupation === undefined ? {} : { occupation: knownOccupation(occupation, today) }),
      ...(workers ? { workers: workers as WorkerId[] } : {}),
      ...(renewalOf === null ? {} : { renewalOf }),
    },
  };
}

/** No roster can name an occupation that is not in the list, so money for one would wait for ever. */
function knownOccupation(text: string, today: ReturnType<typeof civilDateOf>): string {
  const code = readOccupation(text, today);
  if (!code) throw new Permanent('occupation_unknown', { field: 'earmark.occupation' });
  return code;
}

/** Of so many workers at the price of today, or the amount that was named. */
function quote(
  { amountRupiah, workers }: PledgeRequest,
  descriptor: FundDescriptor,
  today: ReturnType<typeof civilDateOf>,
  { tariffInForce }: MakePledgeDependencies,
): { amountRupiah: Rupiah; unitPriceRupiah: Rupiah | null } {
  if (amountRupiah !== undefined) return { amountRupiah: rupiah(amountRupiah), unitPriceRupiah: null };
  const unit = unitPriceRupiah(descriptor, today, tariffInForce(today));
  return { amountRupiah: rupiah(unit * (workers as number)), unitPriceRupiah: unit };
}

/** Money for workers whom nobody knows or no donor may cover again would wait for ever. */
async function refuseVainWorkers(
  { workers: workerIds = [], mode }: Earmark,
  { knownWorkers, policyAt, now }: MakePledgeDependencies,
): Promise<void> {
  if (workerIds.length === 0) return;
  const known = await knownWorkers(workerIds);
  const unknown = workerIds.filter((workerId) => !known.has(workerId));
  if (unknown.length > 0)
    throw new Permanent('field_invalid', {
      field: 'earmark.workers',
      detail: `unknown: ${unknown.slice(0, 5).join(', ')}`,
    });
  const { donatedTermsCap } = await policyAt(now());
  const capped = [...known.values()].filter(
    ({ donatedTerms, coverOrdinal }) => donatedTermsCap !== null && (donatedTerms ?? coverOrdinal) >= donatedTermsCap,
  );
  if (capped.length > 0 && mode !== 'soft')
    throw new Permanent('term_cap_reached', {
      field: 'earmark.workers',
      detail: `the policy allows ${donatedTermsCap} donated terms: ${capped
        .slice(0, 5)
        .map(({ workerId }) => workerId)
        .join(', ')}`,
    });
}

/** @returns the order reference of the gift to be renewed */
async function renewedGift(
  renewalOf: string | undefined,
  { findPledge }: MakePledgeDependencies,
): Promise<string | null> {
  if (renewalOf === undefined) return null;
  const pledge = await findPledge(renewalOf);
  if (!pledge) throw new Permanent('field_invalid', { field: 'renewalOf', detail: 'renewalOf names no gift' });
  return pledge.orderReference;
}

export async function makePledge(request: PledgeRequest, dependencies: MakePledgeDependencies): Promise<Pledge> {
  const createdAt = dependencies.now();
  const today = civilDateOf(createdAt);
  const renewalOf = await renewedGift(request.renewalOf, dependencies);
  const descriptor = descriptorOf(request, renewalOf, today);
  await refuseVainWorkers(descriptor.earmark, dependencies);
  const token = dependencies.newToken();
  const pledge: Pledge = {
    pledgeId: `plg_${token.slice(0, 20)}` as PledgeId,
    orderReference: `GNL-${today.replaceAll('-', '')}-${token.slice(0, 10).toUpperCase()}`,
    donorId: await dependencies.keepDonor(request.donor),
    donorKind: request.donor.kind,
    anonymous: request.donor.anonymous,
    language: request.donor.language,
    channel: request.channel,
    ...quote(request, descriptor, today, dependencies),
    workers: request.workers ?? null,
    overpayment: request.overpayment,
    recurrence: request.recurrence ?? null,
    descriptor,
    renewalOf,
    receiptToken: dependencies.newToken(),
    createdAt,
    expiresAt: addSeconds(createdAt, VALID_SECONDS),
  };
  if (!(await dependencies.putPledge(pledge)))
    throw new Permanent('invalid_request', { detail: 'this reference is taken' });
  return pledge;
}
