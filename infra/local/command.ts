/** What `npm start` does: one line on standard output when the system is ready, everything else on standard error. */
import { FolderInUse } from './database.ts';
import { type Engine, readyLine, startEngine } from './engine.ts';
import {
  type CommandLine,
  type EngineOptions,
  readCommandLine,
  readConfigurationFile,
  secretsIn,
  WrongUse,
} from './options.ts';
import { playExample } from './play-example.ts';

const WRONG_USE = 2;
const STOP_WITHIN_MILLISECONDS = 2000;

/** Functions and libraries write where they like; the ready line is all there is on standard output. */
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

/** A function that leaves a promise behind spoils its own work, not that of the others. */
process.on('unhandledRejection', (reason) => console.error('a function left a failure behind:', reason));

function stopOnSignals(engine: Engine): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), STOP_WITHIN_MILLISECONDS).unref();
      engine.stop().then(
        () => process.exit(0),
        (error) => {
          console.error(error);
          process.exit(1);
        },
      );
    });
  void engine.failed.then((reason) => {
    if (stopping) return;
    console.error(`${reason}; the engine stops, its data is kept`);
    process.exit(1);
  });
}

function configured({
  config,
}: CommandLine): Pick<EngineOptions, 'configuration' | 'gateways' | 'operators' | 'messengers'> {
  if (config === undefined) return {};
  const configuration = readConfigurationFile(config);
  return { configuration, ...secretsIn(config, configuration) };
}

async function start(command: CommandLine): Promise<void> {
  const engine = await startEngine({
    data: command.data,
    port: command.port,
    speed: command.speed ?? 1,
    ...configured(command),
    ...(command.startMilliseconds === undefined ? {} : { startMilliseconds: command.startMilliseconds }),
  });
  stopOnSignals(engine);
  print(`${readyLine(engine)}\n`);
  await playExample(engine, command).catch((error) => {
    console.error('the example campaign stopped, the system runs on:', error);
  });
}

try {
  await start(readCommandLine(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof WrongUse || error instanceof FolderInUse)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof WrongUse ? WRONG_USE : 1;
}
