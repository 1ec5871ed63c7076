/** A campaign as its maker writes it down. */
import * as z from 'zod';
import { type CampaignPlan, METRICS, WIDEST_WINDOW } from './domain/campaign.ts';
import { WORKER_CHANNELS } from './domain/channels.ts';
import { isCivilDate } from './domain/dates.ts';
import { NUDGE_STEPS, stepAt } from './domain/nudge.ts';
import { OCCUPATIONS } from './domain/occupations.ts';
import { parseContract } from './parse.ts';

const date = z.string().refine(isCivilDate);
/** One or more values, of which one must fit. */
const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(500).exactOptional();

const audienceSchema = z.strictObject({
  everyone: z.literal(true).exactOptional(),
  regions: some(z.string().regex(/^\d{2}(\.\d{2})?$/)),
  occupations: some(z.enum(OCCUPATIONS.map(({ code }) => code))),
  sectors: some(z.enum(['transport', 'non_transport'])),
  disability: z.boolean().exactOptional(),
  fundClasses: some(z.enum(['general', 'csr', 'zakat', 'self'])),
  packages: some(z.enum(['JKK_JKM', 'JKK_JKM_JHT'])),
  donors: some(z.string().startsWith('dnr_')),
  endsFrom: date.exactOptional(),
  endsBefore: date.exactOptional(),
});

/** A step is named by its days from the end date; words may be given for any step there is. */
const textsSchema = z.partialRecord(
  z.enum(['id', 'en']),
  z.record(z.string().regex(/^T[+-]\d{1,3}$/), z.string().trim().min(10).max(500)),
);
const armSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,30}$/),
  weight: z.int().min(1).max(1000).default(1),
  texts: textsSchema.default({}),
});

const distinct = (values: readonly unknown[]) => new Set(values).size === values.length;
const hour = z.int().min(0).max(23);

const planSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().trim().min(3).max(80),
    audience: audienceSchema.default({}),
    /** Days from the end date; grace is over three months after it. */
    steps: z
      .array(z.int().min(-90).max(90))
      .min(1)
      .max(30)
      .refine(distinct)
      .default(NUDGE_STEPS.map(({ offsetDays }) => offsetDays)),
    arms: z
      .array(armSchema)
      .min(1)
      .max(10)
      .refine((arms) => distinct(arms.map(({ name }) => name)))
      .default([{ name: 'all', weight: 1, texts: {} }]),
    holdOutPercent: z.int().min(0).max(90).default(0),
    metric: z.enum(METRICS),
    channels: z
      .array(z.enum(WORKER_CHANNELS))
      .min(1)
      .refine(distinct)
      .default([...WORKER_CHANNELS]),
    sendHour: hour.default(9),
    window: z
      .strictObject({
        fromHour: z.int().min(WIDEST_WINDOW.fromHour).max(WIDEST_WINDOW.untilHour),
        untilHour: z.int().min(WIDEST_WINDOW.fromHour).max(WIDEST_WINDOW.untilHour),
      })
      .default(WIDEST_WINDOW),
    dailyCap: z.int().min(1).max(3).default(1),
    priority: z.int().min(0).max(1000).default(0),
    startsOn: date.nullable().default(null),
    endsOn: date.nullable().default(null),
  }),
);

/** @throws Permanent `field_missing`, `field_invalid` */
export function readCampaignPlan(value: unknown): CampaignPlan {
  const { steps, ...plan } = parseContract(planSchema, value);
  return { ...plan, steps: steps.toSorted((a, b) => a - b).map(stepAt) } as CampaignPlan;
}
