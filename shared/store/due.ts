/** The index of what is due: the sweeper finds there what everybody else forgot (I8). */
import type { Instant } from '../domain/dates.ts';
import { queryAll } from './table.ts';

/** Of every row that is due under a key since before an instant, the parts of its `dueSort`; the first is since when. */
export async function dueBefore(dueKey: string, before: Instant): Promise<string[][]> {
  const rows = await queryAll({
    IndexName: 'due',
    KeyConditionExpression: 'dueKey = :key AND dueSort < :before',
    ExpressionAttributeValues: { ':key': dueKey, ':before': before },
  });
  return rows.map(({ dueSort }) => (dueSort as string).split('#'));
}
