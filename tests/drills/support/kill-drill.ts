/** So many random moments, spread over several runs of the demo, two runs side by side. */
import { isDeepStrictEqual } from 'node:util';
import { chanceFrom } from '../../../infra/local/example/random.ts';
import { type DemoRun, type Ending, randomLives, runDemo } from './killed-demo.ts';

export interface KillDrill {
  readonly seed: number;
  /** How often the system is to be killed in all. */
  readonly moments: number;
  readonly say: (line: string) => void;
}

export interface KillDrillResult {
  readonly undisturbed: Ending;
  readonly runs: readonly DemoRun[];
  readonly kills: number;
  readonly different: readonly DemoRun[];
}

const KILLS_OF_A_RUN = 10;
const SIDE_BY_SIDE = 2;

export async function killDrill({ seed, moments, say }: KillDrill): Promise<KillDrillResult> {
  const chance = chanceFrom(seed);
  const { ending: undisturbed, milliseconds } = await runDemo();
  say(`seed ${seed}, ${moments} moments; undisturbed the demo takes ${Math.round(milliseconds)} ms`);
  const runs: DemoRun[] = [];
  let left = moments;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const kills = Math.min(KILLS_OF_A_RUN, left);
      left -= kills;
      const run = await runDemo(randomLives(chance, kills, milliseconds));
      runs.push(run);
      // A run that was through before its last moment leaves that one to another.
      left += kills - run.killedAfterMilliseconds.length;
      const same = isDeepStrictEqual(run.ending, undisturbed);
      say(`${same ? 'the same end' : 'ANOTHER END'}, killed after ${run.killedAfterMilliseconds.join(', ')} ms`);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  return {
    undisturbed,
    runs,
    kills: runs.reduce((sum, { killedAfterMilliseconds }) => sum + killedAfterMilliseconds.length, 0),
    different: runs.filter(({ ending }) => !isDeepStrictEqual(ending, undisturbed)),
  };
}
