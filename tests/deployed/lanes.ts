/** The two stages side by side, and the tests that run against each. */
import { join, resolve } from 'node:path';
import { isEmulator } from '../../infra/deploy/endpoint.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { ACCEPTANCE_FILES, allBut, DIFFERENCES } from './emulator-differences.ts';
import { runToEnd } from './support/run.ts';
import { deployStage, destroyStage, prepareAccount, type StagePlan, synthesizeStage } from './support/stage.ts';

const VITEST = resolve(import.meta.dirname, '../../node_modules/vitest/vitest.mjs');

/** Half a year in a good hundred seconds. */
const SPEED = 150_000;
/** From this month on no discount applies, so every month costs the same, however long anything takes here. */
const FIRST_DAY = '2027-04-05T08:00:00+07:00';
/** Of the stage; half a minute in real time. */
const TOLERANCE_SECONDS = 60 * 86_400;

const SETTINGS = settingsSchema.parse({});
const OTHER_SETTINGS = settingsSchema.parse({ workers: { minimumAge: 30 } });

export interface Lane {
  readonly folder: string;
  readonly suffix: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

async function vitest(lane: Lane, commandLine: readonly string[], environment: Record<string, string>) {
  const { exitCode, output } = await runToEnd(process.execPath, [VITEST, 'run', ...commandLine], {
    environment: { ...process.env, ...environment },
    signal: lane.signal,
  });
  process.stdout.write(output);
  return exitCode === 0;
}

function fastPlan({ suffix }: Lane): StagePlan {
  const stageEpochMs = Math.max(Date.parse(FIRST_DAY), Date.now());
  const clock = { realEpochMs: Date.now(), stageEpochMs, speed: SPEED, alarms: 'real' } as const;
  return { name: `fast-${suffix}`, clock, toleranceSeconds: TOLERANCE_SECONDS };
}

/** The stage on the fast clock; `meanwhile` runs beside its tests, which mostly wait. */
export async function runLifecycle(lane: Lane, meanwhile: () => Promise<boolean>): Promise<boolean> {
  const { folder, signal, say } = lane;
  const plan = fastPlan(lane);
  const [assembly, updated] = await Promise.all([
    synthesizeStage(plan, join(folder, 'first'), SETTINGS, signal),
    synthesizeStage(plan, join(folder, 'updated'), OTHER_SETTINGS, signal),
  ]);
  await prepareAccount(assembly, signal);
  say('template and bundles are made, the account is prepared');
  const stage = await deployStage(plan, assembly, signal);
  say(`stage ${stage.name} is deployed, a day of it is ${(86_400 / SPEED).toFixed(2)} s`);
  const environment = { LINGKARAN_DEPLOYED_STAGE: JSON.stringify(stage), LINGKARAN_UPDATED_ASSEMBLY: updated };
  const results = await Promise.allSettled([
    vitest(lane, ['tests/deployed'], environment).finally(() => destroyStage(updated, signal)),
    meanwhile(),
  ]);
  return results.every((result) => {
    if (result.status === 'rejected') say(String(result.reason));
    return result.status === 'fulfilled' && result.value;
  });
}

/** The stage in real time. */
export async function runAcceptance(lane: Lane): Promise<boolean> {
  const { folder, signal, say, suffix } = lane;
  const plan: StagePlan = { name: `now-${suffix}` };
  const assembly = await synthesizeStage(plan, join(folder, 'now'), SETTINGS, signal);
  const stage = await deployStage(plan, assembly, signal);
  say(`stage ${stage.name} is deployed, in real time`);
  try {
    const pattern = isEmulator(process.env) ? ['--testNamePattern', allBut(DIFFERENCES)] : [];
    return await vitest(lane, ['--no-file-parallelism', ...pattern, ...ACCEPTANCE_FILES], {
      LINGKARAN_ACCEPTANCE_URL: stage.url,
      LINGKARAN_ACCEPTANCE_TOKEN: stage.operatorToken,
    });
  } finally {
    await destroyStage(assembly, signal);
    say(`stage ${stage.name} is destroyed`);
  }
}
