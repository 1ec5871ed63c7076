import { describe, expect, it } from 'vitest';
import { type Arm, armOf, textOf } from '../../../shared/domain/experiment-arms.ts';
import type { CampaignId, WorkerId } from '../../../shared/domain/ids.ts';
import { workerIdOf } from '../../support/people-and-gifts.ts';

const arm = (name: string, weight: number): Arm => ({ name, weight, texts: {} });
const PEOPLE = 100_000;
const WORKERS: readonly WorkerId[] = Array.from({ length: PEOPLE }, (_, index) => workerIdOf(index));

function sharesOf(campaignId: string, arms: readonly Arm[], holdOutPercent: number): Record<string, number> {
  const experiment = { campaignId: campaignId as CampaignId, arms, holdOutPercent };
  const groups = Map.groupBy(WORKERS, (workerId) => armOf(experiment, workerId)?.name ?? 'held out');
  return Object.fromEntries([...groups].map(([name, members]) => [name, members.length / PEOPLE]));
}

describe('arms', () => {
  it.each(['cmp_1f3a', 'cmp_2b90', 'cmp_77c1'])(
    'of %s divide a hundred thousand people as their weights and the hold-out say, within half a percent',
    (campaignId) => {
      const shares = sharesOf(campaignId, [arm('a', 1), arm('b', 3)], 10);
      expect(Math.abs(shares['held out']! - 0.1)).toBeLessThan(0.005);
      expect(Math.abs(shares.a! - 0.225)).toBeLessThan(0.005);
      expect(Math.abs(shares.b! - 0.675)).toBeLessThan(0.005);
    },
  );

  it('hold nobody out where nobody is to be', () => {
    expect(sharesOf('cmp_1f3a', [arm('all', 7)], 0)).toEqual({ all: 1 });
  });

  it('are the same every time, and others in another campaign', () => {
    const of = (campaignId: string) =>
      WORKERS.slice(0, 200).map(
        (workerId) =>
          armOf(
            { campaignId: campaignId as CampaignId, arms: [arm('a', 1), arm('b', 1)], holdOutPercent: 20 },
            workerId,
          )?.name,
      );
    expect(of('cmp_1')).toEqual(of('cmp_1'));
    expect(of('cmp_1')).not.toEqual(of('cmp_2'));
  });

  it('are not moved by a change of the hold-out, but for those it takes or frees', () => {
    const of = (holdOutPercent: number) => (workerId: WorkerId) =>
      armOf({ campaignId: 'cmp_1' as CampaignId, arms: [arm('a', 1), arm('b', 1)], holdOutPercent }, workerId)?.name;
    for (const workerId of WORKERS.slice(0, 2000)) {
      const [few, many] = [of(10)(workerId), of(30)(workerId)];
      expect([few, undefined]).toContain(many);
    }
  });

  it('have words of their own for a step and a language, or none', () => {
    const own: Arm = { ...arm('a', 1), texts: { id: { 'T-7': 'Kata sendiri, sampai {lastDay}.' } } };
    expect(textOf(own, 'T-7', 'id')).toBe('Kata sendiri, sampai {lastDay}.');
    expect(textOf(own, 'T-1', 'id')).toBeUndefined();
    expect(textOf(own, 'T-7', 'en')).toBeUndefined();
  });
});
