/** Which covers of a worker are to end by what was reported, and how their funds' writers are asked. */
import type { Cover } from './domain/cover.ts';
import { endCover } from './domain/cover-end.ts';
import type { CivilDate } from './domain/dates.ts';
import { endingOf, type LifeEvent } from './domain/life-events.ts';
import type { FundMessage } from './messages.ts';

/** One message for each cover that the event still has to end. */
export function endingsAsked(
  event: Pick<LifeEvent, 'kind' | 'on'>,
  covers: readonly Cover[],
  today: CivilDate,
): FundMessage[] {
  const ending = endingOf(event);
  if (!ending) return [];
  return covers
    .filter((cover) => endCover(cover, ending, today) !== null)
    .map(({ fundId, coverId }) => ({ contractVersion: 1, kind: 'end', fundId, coverId, ...ending }));
}
