/** `lingkaran verify`: why was this call refused? The webhook function's own code answers, line by line. */
import type { Command } from 'commander';
import { inspectMessage } from '../../../shared/gateways/inspect.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Example (one JSON object a line on standard input, one a line out):
  lingkaran verify < captured.ndjson
  {"gateway","method","path","headers","body","secrets","now"}, now in unix seconds
`;

/** What can be said about one line; never throws, so that a bad line costs no other line its answer. */
async function answerTo(line: string, lineNumber: number): Promise<{ answer: unknown; readable: boolean }> {
  let captured: unknown;
  try {
    captured = JSON.parse(line);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { answer: { error: 'not_json', line: lineNumber, detail }, readable: false };
  }
  try {
    return { answer: await inspectMessage(captured as Parameters<typeof inspectMessage>[0]), readable: true };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { answer: { error: 'cannot_inspect', line: lineNumber, detail }, readable: false };
  }
}

async function verify({ terminal }: Session): Promise<ExitCode> {
  let lineNumber = 0;
  let unreadable = 0;
  for await (const line of terminal.lines()) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const { answer, readable } = await answerTo(line, lineNumber);
    terminal.out(JSON.stringify(answer));
    if (!readable) unreadable += 1;
  }
  if (unreadable === 0) return EXIT.done;
  terminal.say(`error: ${unreadable} of ${lineNumber} lines could not be inspected`);
  return EXIT.failed;
}

export function registerVerify(program: Command, context: CommandContext): void {
  program
    .command('verify')
    .description('say whether captured webhook calls are authentic, what they mean and what we would answer')
    .addHelpText('before', EXAMPLES)
    .action(context.perform(verify));
}
