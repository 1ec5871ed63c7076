/**
 * The texts that WhatsApp must approve before it carries them. They are the very texts of our reminders with numbered
 * places for what differs from person to person, so what a worker reads is the same on every channel.
 */
import type { CivilDate } from './dates.ts';
import type { Rupiah } from './money.ts';
import { NUDGE_STEPS } from './nudge.ts';
import { type NudgeFacts, type NudgeWords, nudgeTextOf, wordsOf } from './nudge-texts.ts';
import type { Language } from './worker.ts';

export interface NudgeTemplate {
  /** Small letters, digits and `_`: all that a name may have. */
  readonly name: string;
  /** For its places, first to last. */
  readonly parameters: readonly string[];
}

/** As it is handed in for approval. */
export interface TemplateRegistration {
  readonly name: string;
  readonly language: Language;
  /** It asks for nothing but reminds of a choice that costs money, so it is no utility message. */
  readonly category: 'MARKETING';
  readonly body: string;
  /** What stands in the places in an example. */
  readonly examples: readonly string[];
}

/** Of a campaign whose arm has words of its own. */
export interface OwnWords {
  readonly campaignId: string;
  readonly arm: string;
}

const MARK = /⟦(\w+)⟧/g;
const WORDS = ['lastDay', 'price', 'month', 'payLink'] as const satisfies readonly (keyof NudgeWords)[];

/** `lingkaran_t_minus_30`; without a link to pay under, and in a campaign's own words, it is another text. */
export function templateNameOf(step: string, hasLink: boolean, own?: OwnWords): string {
  const day = `t_${step[1] === '-' ? 'minus' : 'plus'}_${step.slice(2)}`;
  const parts = ['lingkaran', ...(own ? [own.campaignId, own.arm] : []), day, ...(hasLink ? [] : ['without_link'])];
  return parts
    .join('_')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** The template of a reminder and what fills its places. */
export function nudgeTemplate(facts: NudgeFacts, language: Language, own?: OwnWords): NudgeTemplate {
  const words = wordsOf(facts, language);
  const hasLink = words.payLink !== null;
  return {
    name: templateNameOf(facts.step, hasLink, own),
    parameters: [...markedText(facts, language, hasLink).matchAll(MARK)].map(
      ([, name]) => words[name as keyof NudgeWords] as string,
    ),
  };
}

/** What is handed in for the standing campaign, or for a campaign's own words. */
export function templateRegistration(facts: NudgeFacts, language: Language, own?: OwnWords): TemplateRegistration {
  const { name, parameters } = nudgeTemplate(facts, language, own);
  let place = 0;
  const body = markedText(facts, language, Boolean(facts.payLink)).replace(MARK, () => {
    place += 1;
    return `{{${place}}}`;
  });
  return { name, language, category: 'MARKETING', body, examples: parameters };
}

const EXAMPLE = {
  endDate: '2027-03-01' as CivilDate,
  monthlyRupiah: 16_800 as Rupiah,
  payLink: 'https://example.org/pay/abc.def.1',
} as const;

/** Every template of the standing campaign. */
export function standingTemplates(): TemplateRegistration[] {
  return (['id', 'en'] as const).flatMap((language) =>
    NUDGE_STEPS.flatMap(({ name: step }) =>
      [EXAMPLE, { ...EXAMPLE, payLink: null }].map((facts) => templateRegistration({ step, ...facts }, language)),
    ),
  );
}

function markedText(facts: NudgeFacts, language: Language, hasLink: boolean): string {
  const marks = Object.fromEntries(WORDS.map((name) => [name, `⟦${name}⟧`])) as unknown as NudgeWords;
  return nudgeTextOf(facts, hasLink ? marks : { ...marks, payLink: null }, language);
}
