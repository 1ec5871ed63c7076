/** The words of a campaign as somebody would read them: a worker of ours, or one made up. */
import { type Campaign, campaignIdOf } from '../../shared/domain/campaign.ts';
import type { Channel } from '../../shared/domain/channels.ts';
import type { Cover } from '../../shared/domain/cover.ts';
import { addDays, type CivilDate, civilDateOf, type Instant, monthOf } from '../../shared/domain/dates.ts';
import { type Arm, textOf } from '../../shared/domain/experiment-arms.ts';
import { digest } from '../../shared/domain/ids.ts';
import { nudgeTemplate } from '../../shared/domain/message-templates.ts';
import type { NudgeStep } from '../../shared/domain/nudge.ts';
import { type NudgeFacts, nudgeText } from '../../shared/domain/nudge-texts.ts';
import { priceOfMonth, type Tariff } from '../../shared/domain/tariff.ts';
import type { Language } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { OutgoingMessage } from '../../shared/ports/messaging.ts';
import type { TestRecipient } from '../../shared/settings.ts';

export interface Wanted {
  readonly step: string;
  readonly language: Language;
}

/** Whom a text is made for. */
export type Reader = Pick<Cover, 'package' | 'sector'> & {
  readonly endDate: CivilDate;
  readonly payLink: string | null;
};

/** A worker nobody is: of the cheaper sector, whose step is due today. */
export function madeUpReader(step: NudgeStep, at: Instant, payLink: string): Reader {
  const endDate = addDays(civilDateOf(at), -step.offsetDays);
  return { package: 'JKK_JKM', sector: 'non_transport', endDate, payLink };
}

/** @throws Permanent `field_invalid` */
export function stepIn({ steps }: Pick<Campaign, 'steps'>, name: string | undefined): NudgeStep {
  const step = name === undefined ? steps[0] : steps.find((each) => each.name === name);
  if (!step) throw new Permanent('field_invalid', { field: 'step', detail: `the campaign has no step ${name}` });
  return step;
}

/** @throws Permanent `field_invalid` */
export function armIn({ arms }: Pick<Campaign, 'arms'>, name: string | undefined): Arm {
  const arm = name === undefined ? arms[0] : arms.find((each) => each.name === name);
  if (!arm) throw new Permanent('field_invalid', { field: 'arm', detail: `the campaign has no arm ${name}` });
  return arm;
}

export function factsFor(arm: Arm, { step, language }: Wanted, reader: Reader, tariff: Tariff): NudgeFacts {
  const monthlyRupiah = priceOfMonth(reader.package, reader.sector, monthOf(reader.endDate), tariff);
  const { endDate, payLink } = reader;
  return { step, endDate, monthlyRupiah, opening: textOf(arm, step, language), payLink };
}

/** What must stand before a text that tries something out. */
export const TEST_MARK = 'TEST';

/** A message to one of the staff: a key of its own, so that no reminder is claimed and nothing is counted. */
export function testMessage(
  campaign: Campaign,
  arm: Arm,
  wanted: Wanted,
  { recipient, reader, tariff, at }: { recipient: TestRecipient; reader: Reader; tariff: Tariff; at: Instant },
): OutgoingMessage {
  const facts = factsFor(arm, wanted, reader, tariff);
  const own = facts.opening === undefined ? undefined : { campaignId: campaign.campaignId, arm: arm.name };
  const { name, parameters } = nudgeTemplate(facts, wanted.language, own);
  const [first = '', ...others] = parameters;
  const names = [campaignIdOf(campaign.name), arm.name, wanted.step, wanted.language, recipient.name, at];
  return {
    key: `tst_${digest(names.join('\n'))}`,
    channel: recipient.channel satisfies Channel,
    to: recipient.to,
    language: wanted.language,
    text: `[${TEST_MARK}] ${nudgeText(facts, wanted.language)}`,
    // The words of a template are fixed, so the mark stands in its first place.
    template: { name, parameters: [`[${TEST_MARK}] ${first}`, ...others] },
    about: { coverId: TEST_MARK, step: wanted.step, campaignId: campaign.campaignId },
  };
}
