/** Tariffs that the settings add to what is published: a decree of tomorrow needs no release. */
import * as z from 'zod';
import { isCivilDate } from './domain/dates.ts';
import { PACKAGES, type Programme, type TariffAdjustment } from './domain/tariff.ts';

const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2027-01');
const programmes = [...new Set(Object.values(PACKAGES).flat())] as [Programme, ...Programme[]];

const adjustment = z
  .strictObject({
    programmes: z.array(z.enum(programmes)).min(1),
    sectors: z.array(z.enum(['transport', 'non_transport'])).min(1),
    fromMonth: month,
    throughMonth: month,
    /** Of the base. */
    percent: z.int().min(1).max(1000),
    /** The day from which this deployment goes by it: what was paid before stays right, so it is never set back. */
    publishedOn: z.string().refine(isCivilDate, 'a day such as 2027-01-10'),
    source: z.string().min(1),
  })
  .refine(({ fromMonth, throughMonth }) => fromMonth <= throughMonth, 'throughMonth lies before fromMonth');

export const tariffSettings = z.strictObject({
  adjustments: z.array(adjustment as unknown as z.ZodType<TariffAdjustment, TariffAdjustment>).default([]),
});
