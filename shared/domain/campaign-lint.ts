/** What keeps a campaign from being launched. Each fault names its field and a reason a person can act on. */
import type { Fault } from '../errors.ts';
import { type Campaign, type CampaignPlan, hasCondition, type SendWindow } from './campaign.ts';
import type { Channel } from './channels.ts';
import type { CivilDate } from './dates.ts';
import type { Arm } from './experiment-arms.ts';
import { templateNameOf } from './message-templates.ts';
import { TEXT_VARIABLES } from './nudge-texts.ts';
import type { Language } from './worker.ts';

/** Nobody is frightened into paying: going on is a choice (`nudge-texts.ts`). */
export const THREATENING_WORDS: readonly string[] = [
  ...['denda', 'didenda', 'hukum', 'hukuman', 'dihukum', 'pidana', 'dipidana', 'polisi', 'sanksi', 'ancaman'],
  ...['wajib bayar', 'harus bayar', 'blokir', 'diblokir', 'dicabut', 'hangus', 'terancam', 'menyesal'],
  ...['penalty', 'penalties', 'punish', 'punished', 'police', 'lawsuit', 'legal action', 'must pay', 'or else'],
  ...['forfeit', 'regret', 'last chance', 'kesempatan terakhir'],
];

const VARIABLE = /\{([^{}]*)\}/g;

function faultOfText(text: string): Fault['reason'] | null {
  const named = [...text.matchAll(VARIABLE)].map(([, name]) => name);
  const known: readonly (string | undefined)[] = TEXT_VARIABLES;
  if (named.some((name) => !known.includes(name))) return 'text_variable_unknown';
  if (!named.includes('lastDay')) return 'text_variable_missing';
  const words = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;
  return THREATENING_WORDS.some((word) => words.includes(` ${word} `)) ? 'text_threatening' : null;
}

/** The faults of an arm's texts; the benefit, the free choice and how to stop are added by the system, never here. */
function faultsOfArm(arm: Arm, index: number, steps: CampaignPlan['steps']): Fault[] {
  return (['id', 'en'] as const satisfies readonly Language[]).flatMap((language) => {
    const texts = arm.texts[language] ?? {};
    const unknown = Object.keys(texts).filter((step) => !steps.some(({ name }) => name === step));
    const known = steps.flatMap(({ name }) => {
      const reason = texts[name] === undefined ? null : faultOfText(texts[name]);
      return reason === null ? [] : [{ name, reason }];
    });
    const faults = [...unknown.sort().map((name) => ({ name, reason: 'text_step_unknown' as const })), ...known];
    return faults.map(({ name, reason }) => ({ field: `arms.${index}.texts.${language}.${name}`, reason }));
  });
}

/** Zones of Indonesia, hours ahead of Asia/Jakarta: WIB, WITA, WIT. */
const ZONES_AHEAD = [0, 1, 2];

function isAlwaysQuiet(sendHour: number, { fromHour, untilHour }: SendWindow): boolean {
  return ZONES_AHEAD.every((ahead) => sendHour + ahead < fromHour || sendHour + ahead >= untilHour);
}

/** What is wrong with a plan in itself, whoever it may reach. */
export function faultsOfPlan(plan: CampaignPlan, today: CivilDate): Fault[] {
  const { audience, arms, steps, sendHour, window, endsOn } = plan;
  const faults: Fault[] = arms.flatMap((arm, index) => faultsOfArm(arm, index, steps));
  if (hasCondition(audience) === (audience.everyone === true))
    faults.push({ field: 'audience', reason: 'audience_unsaid' });
  if (isAlwaysQuiet(sendHour, window)) faults.push({ field: 'sendHour', reason: 'quiet_hours_impossible' });
  if (endsOn !== null && endsOn <= today) faults.push({ field: 'endsOn', reason: 'campaign_over' });
  return faults;
}

/** How messages go out. */
export interface Delivery {
  /** Channels that are configured. */
  readonly channels: readonly Channel[];
  /** Templates of texts of campaigns that WhatsApp approved; null where none needs to be, as in the outbox. */
  readonly templates: ReadonlySet<string> | null;
}

/** What keeps its messages from going out: no channel, or an own text that WhatsApp would refuse. */
export function faultsOfDelivery(campaign: Campaign, { channels, templates }: Delivery): Fault[] {
  const { campaignId, arms, steps } = campaign;
  const used = campaign.channels.filter((channel) => channels.includes(channel));
  if (used.length === 0) return [{ field: 'channels', reason: 'channel_unavailable' }];
  if (templates === null || !used.includes('whatsapp')) return [];
  return arms.flatMap((arm, index) =>
    Object.entries(arm.texts).flatMap(([language, texts]) =>
      steps
        .filter(({ name }) => texts?.[name] !== undefined)
        .filter(({ name }) => !templates.has(templateNameOf(name, true, { campaignId, arm: arm.name })))
        .map(({ name }): Fault => ({ field: `arms.${index}.texts.${language}.${name}`, reason: 'template_missing' })),
    ),
  );
}
