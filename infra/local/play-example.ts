/**
 * Plays the example campaign where the data folder was empty, and goes on with it after a restart. Without a `--speed`
 * the clock runs fast from act to act, and stands still during an act, so that no signature grows old on its way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import type { ExampleTarget } from './example/play.ts';
import { ProgressFile } from './example/progress.ts';
import type { CommandLine } from './options.ts';

const EXAMPLE_SPEED = 20_000;
const LOOK_EVERY_MILLISECONDS = 20;

export async function playExample(engine: Engine, command: CommandLine): Promise<void> {
  const file = new ProgressFile(command.data);
  if (engine.fresh && !command.empty) file.begin();
  if (!file.exists()) return;
  const { playExampleCampaign } = await import('./example/play.ts');
  const progress = file.read();
  const target: ExampleTarget = {
    url: engine.url,
    operatorToken: engine.operatorToken,
    secrets: engine.configuration.gateways,
    say: (line) => console.error(line),
    save: (done) => file.write(done),
    ...(progress ? { progress } : {}),
    ...(command.speed === undefined ? { waitUntil: fastForward(engine) } : {}),
  };
  if (command.speed === undefined) engine.clock.setSpeed(0);
  await playExampleCampaign(target);
  if (command.speed === undefined) engine.clock.setSpeed(1);
}

function fastForward(engine: Engine): (milliseconds: number) => Promise<void> {
  return async (milliseconds) => {
    engine.clock.setSpeed(EXAMPLE_SPEED);
    while (Date.parse(engine.clock.now()) < milliseconds) await sleep(LOOK_EVERY_MILLISECONDS);
    engine.clock.setSpeed(0);
  };
}
