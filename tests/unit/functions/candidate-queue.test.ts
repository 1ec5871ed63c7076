import { describe, expect, it } from 'vitest';
import { CandidateQueue, type CandidateSources } from '../../../functions/allocate-funds/candidate-queue.ts';
import type { CivilDate, CivilMonth } from '../../../shared/domain/dates.ts';
import { type Candidate, type Earmark, unrestrictedFund } from '../../../shared/domain/fund.ts';
import type { CoverId, WorkerId } from '../../../shared/domain/ids.ts';
import { BUILT_IN_POLICY } from '../../../shared/domain/policy.ts';
import type { Continuing } from '../../../shared/store/continuing.ts';

const TODAY = '2027-07-20' as CivilDate;
const HALF = { ...BUILT_IN_POLICY, shares: { continuity: 50, newStarts: 50 } };

function candidate(name: string, changes: Partial<Candidate> = {}): Candidate {
  return {
    workerId: name as WorkerId,
    region: '33.72',
    occupation: 'buruh',
    sector: 'non_transport',
    disability: false,
    mustahik: false,
    registrableUntilMonth: '2040-01' as CivilMonth,
    waitingSort: `2#${name}`,
    continues: null,
    paidMonths: new Set(),
    coverOrdinal: 0,
    donatedTerms: 0,
    version: 1,
    ...changes,
  };
}
const ending = (name: string) =>
  candidate(name, { waitingSort: null, continues: { coverId: 'cov' as CoverId, from: '2027-08-10' as CivilDate } });

async function* each<Value>(values: readonly Value[]): AsyncGenerator<Value> {
  yield* values;
}

function queueOf({
  waiting = [] as Candidate[],
  continuing = [] as Continuing[],
  earmark = {} as Earmark,
  policy = HALF,
}) {
  const read: string[] = [];
  const sources: CandidateSources = {
    waiting: (_policy, region) => {
      read.push(`waiting ${region ?? 'anywhere'}`);
      return each(waiting);
    },
    continuing: () => each(continuing),
    named: () => each([]),
    renewed: () => each([]),
  };
  return { queue: new CandidateQueue({ ...unrestrictedFund('general'), earmark }, policy, TODAY, sources), read };
}
const names = (chosen: readonly Candidate[]) => chosen.map(({ workerId }) => workerId as string);

describe('the queue of a fund', () => {
  it('takes turns, and an empty side yields its turn', async () => {
    const { queue } = queueOf({
      waiting: ['a', 'b', 'c', 'd'].map((name) => candidate(name)),
      continuing: [ending('x')],
    });
    expect(names(await queue.peek(9, 0))).toEqual(['a', 'x', 'b', 'c', 'd']);
    expect(names(await queue.peek(2, 1))).toEqual(['x', 'a']);
    const { queue: only } = queueOf({ continuing: [ending('x'), ending('y')] });
    expect(names(await only.peek(9, 0))).toEqual(['x', 'y']);
  });

  it('goes on at the same place when somebody is dropped', async () => {
    const { queue } = queueOf({ waiting: ['a', 'b', 'c'].map((name) => candidate(name)), continuing: [ending('x')] });
    await queue.peek(3, 0);
    queue.drop(['a' as WorkerId]);
    expect(names(await queue.peek(9, 0))).toEqual(['b', 'x', 'c']);
    queue.drop(['b', 'x'].map((name) => name as WorkerId));
    expect(names(await queue.peek(9, 2))).toEqual(['c']);
  });

  it('never gives a place away because the turn could look no further', async () => {
    const { queue } = queueOf({
      waiting: ['a', 'b'].map((name) => candidate(name)),
      continuing: [ending('x'), 'cut short'],
    });
    expect(names(await queue.peek(9, 0))).toEqual(['a', 'x', 'b']);
    expect(queue.isCutShort).toBe(true);
    queue.drop(['a', 'x', 'b'].map((name) => name as WorkerId));
    expect(await queue.peek(9, 3)).toEqual([]);
    const { queue: soft } = queueOf({
      waiting: [candidate('a', { region: '31.71' })],
      continuing: ['cut short'],
      earmark: { region: '33', mode: 'soft' },
    });
    expect(await soft.peek(9, 1)).toEqual([]);
  });

  it('shows nobody twice whom an index that lags shows at two places', async () => {
    const { queue } = queueOf({ waiting: [candidate('a'), candidate('b'), candidate('a')] });
    expect(names(await queue.peek(9, 0))).toEqual(['a', 'b']);
    expect(queue.looked).toBe(3);
  });

  it('of a soft earmark reads everybody only where those it names are not enough', async () => {
    const waiting = [candidate('far', { region: '31.71' }), candidate('near')];
    const { queue, read } = queueOf({ waiting, earmark: { region: '33', mode: 'soft' } });
    expect(names(await queue.peek(1, 0))).toEqual(['near']);
    expect(names(await queue.peek(9, 0))).toEqual(['near', 'far']);
    expect(read).toEqual(['waiting 33', 'waiting anywhere']);
  });

  it('names the rule that chose each', async () => {
    const waiting = [candidate('first', { disability: true }), candidate('second')];
    const { queue } = queueOf({ waiting, continuing: [ending('x')] });
    expect((await queue.peek(9, 0)).map(({ reason }) => reason)).toEqual([
      'priority_group',
      'continuity',
      'oldest_waiting',
    ]);
  });

  it('passes over who had as many donated terms as the policy allows', async () => {
    const waiting = [candidate('often', { donatedTerms: 2 }), candidate('once', { donatedTerms: 1 })];
    const { queue } = queueOf({ waiting, policy: { ...HALF, donatedTermsCap: 2 } });
    expect(names(await queue.peek(9, 0))).toEqual(['once']);
  });
});
