/** What a campaign says, shown to its maker or sent to one of the staff: nobody is claimed, nothing is counted. */
import * as z from 'zod';
import type { Campaign } from '../../shared/domain/campaign.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import type { Instant } from '../../shared/domain/dates.ts';
import { armOf } from '../../shared/domain/experiment-arms.ts';
import type { CoverId, WorkerId } from '../../shared/domain/ids.ts';
import { templateRegistration } from '../../shared/domain/message-templates.ts';
import { nudgeText } from '../../shared/domain/nudge-texts.ts';
import type { Tariff } from '../../shared/domain/tariff.ts';
import type { Language, WorkerRow } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Messaging } from '../../shared/ports/messaging.ts';
import type { TestRecipient } from '../../shared/settings.ts';
import { armIn, factsFor, madeUpReader, type Reader, stepIn, TEST_MARK, testMessage } from './compose.ts';

export interface WordsDependencies {
  readonly now: () => Instant;
  readonly readWorker: (workerId: WorkerId) => Promise<WorkerRow | null>;
  readonly coversOfWorker: (workerId: WorkerId) => Promise<Cover[]>;
  /** @param origin where the one who asks reached us, for no function behind the API is told its address */
  readonly payLinkOf: (coverId: CoverId, origin: string) => Promise<string>;
  readonly tariff: () => Tariff;
  readonly messaging: Messaging;
  readonly testRecipients: () => readonly TestRecipient[];
}

const wanted = { step: z.string().optional(), arm: z.string().optional() };
const language = z.enum(['id', 'en']);
export const previewSchema = z.lazy(() =>
  z.strictObject({ ...wanted, language: language.optional(), worker: z.string().startsWith('wrk_').optional() }),
);
export const testSchema = z.lazy(() =>
  z.strictObject({ ...wanted, language: language.default('id'), recipient: z.string().min(1) }),
);

/** No cover has this name, so the link leads nowhere. */
const madeUpLink = (origin: string) => `${origin}/pay/${TEST_MARK}`;

/** The exact text; of a worker in the worker's own arm and language, unless another is asked for. */
export async function preview(
  campaign: Campaign,
  asked: z.infer<typeof previewSchema>,
  origin: string,
  dependencies: WordsDependencies,
) {
  const step = stepIn(campaign, asked.step);
  const known = asked.worker === undefined ? null : await readerOf(asked.worker as WorkerId, origin, dependencies);
  const arm = known && asked.arm === undefined ? armOf(campaign, known.worker.workerId) : armIn(campaign, asked.arm);
  const words = { step: step.name, language: (asked.language ?? known?.worker.language ?? 'id') as Language };
  if (arm === null) return { ...words, arm: null, heldOut: true, text: null };
  const reader = known?.reader ?? madeUpReader(step, dependencies.now(), madeUpLink(origin));
  const facts = factsFor(arm, words, reader, dependencies.tariff());
  const own = facts.opening === undefined ? undefined : { campaignId: campaign.campaignId, arm: arm.name };
  return {
    ...words,
    arm: arm.name,
    heldOut: false,
    text: nudgeText(facts, words.language),
    endDate: reader.endDate,
    /** As it is handed in to WhatsApp for approval. */
    template: templateRegistration(facts, words.language, own),
  };
}

/** @throws Permanent `not_found` */
async function readerOf(
  workerId: WorkerId,
  origin: string,
  { readWorker, coversOfWorker, payLinkOf }: WordsDependencies,
): Promise<{ worker: WorkerRow; reader: Reader }> {
  const worker = await readWorker(workerId);
  const cover = (await coversOfWorker(workerId)).findLast(({ state }) => state === 'active');
  if (!worker || !cover?.endDate)
    throw new Permanent('not_found', { field: 'worker', detail: 'a worker with a cover that was accepted' });
  const payLink = await payLinkOf(cover.coverId, origin);
  return { worker, reader: { ...cover, endDate: cover.endDate, payLink } };
}

/** @throws Permanent `recipient_not_listed` */
export async function testSend(
  campaign: Campaign,
  asked: z.infer<typeof testSchema>,
  origin: string,
  { now, tariff, messaging, testRecipients }: WordsDependencies,
) {
  const recipient = testRecipients().find(({ name }) => name === asked.recipient);
  if (!recipient) throw new Permanent('recipient_not_listed', { field: 'recipient' });
  const step = stepIn(campaign, asked.step);
  const at = now();
  const reader = madeUpReader(step, at, madeUpLink(origin));
  const words = { step: step.name, language: asked.language };
  const message = testMessage(campaign, armIn(campaign, asked.arm), words, { recipient, reader, tariff: tariff(), at });
  const outcome = await messaging.send(message);
  return { recipient: recipient.name, channel: recipient.channel, text: message.text, ...outcome };
}
