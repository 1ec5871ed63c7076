/** A policy as people write it down, in a file or to the operators' API. */
import * as z from 'zod';
import { civilDate, isCivilDate } from './domain/dates.ts';
import { type AllocationPolicy, PRIORITY_GROUPS } from './domain/policy.ts';

const share = z.int().min(0).max(100);

/** Whether its shares sum and its day is still to come is the domain's to say (`assertPublishable`). */
export const allocationPolicySchema: z.ZodType<AllocationPolicy> = z.lazy(() =>
  z.strictObject({
    version: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,59}$/),
    effectiveFrom: z.string().refine(isCivilDate).transform(civilDate),
    shares: z.strictObject({ continuity: share, newStarts: share }),
    continuityWindowDays: z.int().min(0).max(365),
    priorityGroups: z
      .array(z.enum(PRIORITY_GROUPS))
      .refine((groups) => new Set(groups).size === groups.length, 'each group once'),
    donatedTermsCap: z.int().min(1).max(1000).nullable(),
  }),
) as unknown as z.ZodType<AllocationPolicy>;
