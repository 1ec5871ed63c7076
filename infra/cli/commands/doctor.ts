/** `lingkaran doctor`: what stands in the way on this machine, each line with its cure. */
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { call, Refusal, systemTime, type Target } from '../api.ts';
import { gatewaySecrets } from '../development-secrets.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { formatTime } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';
import { dataFolder, endpointNote, findTarget } from '../target.ts';

interface Finding {
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly says: string;
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 22 || (major === 22 && minor >= 18);
  return {
    check: 'node',
    verdict: good ? 'ok' : 'fail',
    says: good ? process.versions.node : `${process.versions.node} is too old; run \`npm ci\`, which brings Node 24`,
  };
}

function databasePart(): Finding {
  const require = createRequire(import.meta.url);
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    require.resolve(`${name}/package.json`);
    return { check: 'database', verdict: 'ok', says: name };
  } catch (error) {
    // A package that hides its package.json is there all the same.
    if ((error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
      return { check: 'database', verdict: 'ok', says: name };
    }
    return { check: 'database', verdict: 'fail', says: `${name} is not installed; \`npm install --no-save ${name}\`` };
  }
}

function writableFolder(folder: string): Finding {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
    return { check: 'data folder', verdict: 'ok', says: folder };
  } catch {
    return { check: 'data folder', verdict: 'fail', says: `${existing} cannot be written; choose another with --data` };
  }
}

function exampleConfiguration(): Finding {
  try {
    const gateways = gatewaySecrets(undefined, process.cwd());
    return { check: 'configuration', verdict: 'ok', says: `example with ${Object.keys(gateways).join(', ')}` };
  } catch (error) {
    return { check: 'configuration', verdict: 'fail', says: message(error) };
  }
}

async function operatorsApi(target: Target): Promise<Finding> {
  try {
    await call(target, 'GET', '/api/stats');
    return { check: 'operator token', verdict: 'ok', says: 'accepted' };
  } catch (error) {
    const refused = error instanceof Refusal && (error.status === 401 || error.status === 403);
    const cure = refused ? 'the token is not accepted; give another with --token' : message(error);
    return { check: 'operator token', verdict: 'fail', says: cure };
  }
}

async function runningSystem(session: Session): Promise<Finding[]> {
  const remote = session.global.url ?? session.terminal.environment.LINGKARAN_URL;
  if (remote === undefined && endpointNote(dataFolder(session.global, session.terminal)) === null) {
    return [{ check: 'system', verdict: 'warn', says: 'not running; start it with `npm start`' }];
  }
  const target = findTarget(session.global, session.terminal);
  try {
    const now = await systemTime(target);
    const clock = now === null ? 'keeps real time' : formatTime(now);
    return [{ check: 'system', verdict: 'ok', says: `${target.url}, ${clock}` }, await operatorsApi(target)];
  } catch (error) {
    const verdict = remote === undefined ? 'warn' : 'fail';
    return [{ check: 'system', verdict, says: `${message(error)}; start it with \`npm start\`` }];
  }
}

async function doctor(session: Session): Promise<ExitCode> {
  const findings: Finding[] = [
    nodeVersion(),
    databasePart(),
    writableFolder(dataFolder(session.global, session.terminal)),
    exampleConfiguration(),
    ...(await runningSystem(session)),
  ];
  const healthy = findings.every(({ verdict }) => verdict !== 'fail');
  session.print({ healthy, findings }, () =>
    findings.map(({ check, verdict, says }) => `${verdict.padEnd(4)}  ${check.padEnd(14)}  ${says}`),
  );
  return healthy ? EXIT.done : EXIT.failed;
}

export function registerDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('look for what stands in the way on this machine')
    .action(context.perform(doctor));
}
