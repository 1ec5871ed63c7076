/** `lingkaran clock`: the time of an embedded engine; a deployed stack has none to show or to move. */
import type { Command } from 'commander';
import { call, Refusal } from '../api.ts';
import { CommandFailure, EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { formatTime } from '../format.ts';
import { nearest } from '../nearest.ts';
import { duration, instantMilliseconds } from '../options.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran clock
  lingkaran clock advance P30D
  lingkaran clock to 2027-03-01T08:00:00+07:00
`;

interface ClockAnswer {
  readonly now: string;
  readonly speed?: number;
}

async function askClock(session: Session, move?: object): Promise<ClockAnswer> {
  try {
    return await call<ClockAnswer>(session.target(), move ? 'POST' : 'GET', '/local/clock', move ? { json: move } : {});
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) {
      throw new CommandFailure(
        EXIT.refused,
        'this system keeps real time; only the embedded engine has a clock to move',
      );
    }
    throw error;
  }
}

function show(session: Session, clock: ClockAnswer): void {
  session.print(clock, () => {
    const speed =
      clock.speed === undefined ? '' : clock.speed === 0 ? ', standing still' : `, ${clock.speed} × real time`;
    return [`${formatTime(Date.parse(clock.now))}${speed}`];
  });
}

async function showClock(session: Session, _options: object, [mistyped]: readonly string[]): Promise<ExitCode> {
  if (mistyped !== undefined) {
    const near = nearest(mistyped, ['show', 'advance', 'to']);
    throw wrongUse(`unknown clock command ${mistyped}; ${near ? `did you mean ${near}?` : 'known: show, advance, to'}`);
  }
  show(session, await askClock(session));
  return EXIT.done;
}

async function advance(session: Session, _options: object, [by = '']: readonly string[]): Promise<ExitCode> {
  show(session, await askClock(session, { advanceBy: duration(by) }));
  return EXIT.done;
}

async function moveTo(session: Session, _options: object, [to = '']: readonly string[]): Promise<ExitCode> {
  show(session, await askClock(session, { advanceTo: new Date(instantMilliseconds(to)).toISOString() }));
  return EXIT.done;
}

export function registerClock(program: Command, context: CommandContext): void {
  const clock = program
    .command('clock')
    .description("show or move the embedded engine's clock")
    .addHelpText('before', EXAMPLES)
    .argument('[command]', 'show, advance or to', undefined)
    .allowExcessArguments()
    .action(context.perform(showClock));
  clock
    .command('show')
    .description('show it')
    .action(context.perform((session) => showClock(session, {}, [])));
  clock
    .command('advance')
    .description('move it on and do everything that falls due on the way')
    .argument('<duration>', 'P30D, PT48H, 30d, 48h', duration)
    .action(context.perform(advance));
  clock
    .command('to')
    .description('move it on to a time')
    .argument('<time>', '2027-03-01T08:00:00+07:00', instantMilliseconds)
    .action(context.perform(moveTo));
}
