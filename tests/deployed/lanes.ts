/** The stages side by side, and the tests that run against each. */
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { settingsSchema } from '../../shared/settings.ts';
import { ACCEPTANCE_GROUPS, allBut, DIFFERENCES, filesOf, GROUP_SETTINGS } from './acceptance.ts';
import type { StagePlan } from './support/plan.ts';
import { runToEnd } from './support/run.ts';
import {
  type DeployedStage,
  deployStage,
  deploySynthesized,
  destroyStage,
  type SynthesizedStage,
} from './support/stage.ts';

const VITEST = resolve(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');

/** Half a year in a good hundred seconds. */
const SPEED = 150_000;
/** From this month on no discount applies, so every month costs the same, however long anything takes here. */
const FIRST_DAY = '2027-04-05T08:00:00+07:00';
/** Of the stage; half a minute in real time. */
const TOLERANCE_SECONDS = 60 * 86_400;

/** No campaign is launched before it can be tried out on somebody. */
const campaigns = { testRecipients: [{ name: 'sari', channel: 'whatsapp', to: '+628110000001' }] };
const SETTINGS = settingsSchema.parse({ campaigns });
const OTHER_SETTINGS = settingsSchema.parse({ campaigns, workers: { minimumAge: 30 } });

export interface Lane {
  readonly folder: string;
  /** Keeps the stages of two runs on one endpoint apart. */
  readonly suffix: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

function fastPlan({ suffix }: Lane): StagePlan {
  const stageEpochMs = Math.max(Date.parse(FIRST_DAY), Date.now());
  const clock = { realEpochMs: Date.now(), stageEpochMs, speed: SPEED, alarms: 'real' } as const;
  return { name: `fast-${suffix}`, clock, settings: SETTINGS, toleranceSeconds: TOLERANCE_SECONDS };
}

export async function runLanes(lane: Lane): Promise<boolean> {
  const fast = fastPlan(lane);
  const update = { ...fast, settings: OTHER_SETTINGS };
  const inRealTime = ACCEPTANCE_GROUPS.map((group) => ({
    name: `${group}-${lane.suffix}`,
    settings: settingsSchema.parse(GROUP_SETTINGS[group] ?? {}),
    group,
  }));
  const others = { update, ...Object.fromEntries(inRealTime.map((plan) => [plan.group, plan])) };
  const assembly = join(lane.folder, 'assembly');
  const stage = await deployStage(fast, others, assembly, lane.signal);
  lane.say(`stage ${stage.name} is deployed, a day of it is ${(86_400 / SPEED).toFixed(2)} s`);
  const results = await Promise.allSettled([
    runLifecycle(lane, stage, { plan: update, assembly, part: 'update' }),
    ...inRealTime.map((plan) => runAcceptance(lane, { plan, assembly, part: plan.group }, filesOf(plan.group))),
  ]);
  for (const result of results) if (result.status === 'rejected') lane.say(String(result.reason));
  return results.every((result) => result.status === 'fulfilled' && result.value);
}

async function runLifecycle(lane: Lane, stage: DeployedStage, update: SynthesizedStage): Promise<boolean> {
  try {
    return await vitest(lane, ['tests/deployed'], {
      LINGKARAN_DEPLOYED_STAGE: JSON.stringify(stage),
      LINGKARAN_UPDATE: JSON.stringify(update),
    });
  } finally {
    // The last of the tests does that as well, if it comes so far.
    await takeAway(lane, update);
  }
}

async function runAcceptance(lane: Lane, synthesized: SynthesizedStage, files: readonly string[]): Promise<boolean> {
  const stage = await deploySynthesized(synthesized, lane.signal);
  lane.say(`stage ${stage.name} is deployed, in real time`);
  try {
    const environment = { LINGKARAN_ACCEPTANCE_URL: stage.url, LINGKARAN_ACCEPTANCE_TOKEN: stage.operatorToken };
    let passed = true;
    // Each by itself: the order of files within a run is not ours to say.
    for (const file of files)
      passed = (await vitest(lane, ['--testNamePattern', allBut(DIFFERENCES), file], environment)) && passed;
    return passed;
  } finally {
    await takeAway(lane, synthesized);
  }
}

/** Without a word where time is up: that is the failure to tell of. */
async function takeAway(lane: Lane, stage: SynthesizedStage): Promise<void> {
  if (!lane.signal.aborted) await destroyStage(stage, lane.signal);
}

async function vitest(lane: Lane, commandLine: readonly string[], environment: Record<string, string>) {
  const { exitCode, output } = await runToEnd(process.execPath, [VITEST, 'run', ...commandLine], {
    environment: { ...process.env, ...environment },
    folder: resolve(import.meta.dirname, '../..'),
    signal: lane.signal,
  });
  process.stdout.write(output);
  // Tests that were all left out are no success.
  const passed = exitCode === 0 && /^ *Tests .*\d passed/m.test(stripVTControlCharacters(output));
  lane.say(`${commandLine.filter((word) => word.startsWith('tests/')).join(', ')}: ${passed ? 'passed' : 'FAILED'}`);
  return passed;
}
