/** `lingkaran verify`: why was this call refused? The webhook function's own code answers, line by line. */
import type { Command } from 'commander';
import { inspectMessage } from '../../../shared/gateways/inspect.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';
import { gatewaySecrets } from '../development-secrets.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Example (one JSON object a line on standard input, one a line out):
  lingkaran verify < captured.ndjson
  lingkaran trigger midtrans paid --print | lingkaran verify --config infra/local/example/config.json
  {"gateway","method","path","headers","body","secrets","now"}, now in unix seconds
`;

type Verdict = ReturnType<typeof inspectMessage> | { readonly error: string; readonly line: number };

/** A capture seldom carries its secrets; then those of a configuration are put to it. */
function withSecrets(call: unknown, gateways: GatewaySecrets): unknown {
  if (typeof call !== 'object' || call === null || 'secrets' in call || !('gateway' in call)) return call;
  const section = String(call.gateway).startsWith('partner') ? 'partner' : call.gateway;
  return { ...call, secrets: (gateways as Record<string, unknown>)[String(section)] };
}

/** A line that cannot be read is told so like any other, and costs no other line its answer. */
function verdictOn(line: string, lineNumber: number, gateways: GatewaySecrets): Verdict {
  try {
    return inspectMessage(withSecrets(JSON.parse(line), gateways));
  } catch {
    return { ...inspectMessage(null), error: 'not_json', line: lineNumber };
  }
}

const isUnreadable = (verdict: Verdict) =>
  'error' in verdict || (!verdict.authentic && verdict.reason === 'invalid_request');

async function verify({ terminal }: Session, { config }: { config?: string }): Promise<ExitCode> {
  const gateways = config === undefined ? {} : gatewaySecrets(config, terminal.folder);
  let lineNumber = 0;
  let unreadable = 0;
  for await (const line of terminal.lines()) {
    lineNumber += 1;
    if (line.trim() === '') continue;
    const verdict = verdictOn(line, lineNumber, gateways);
    terminal.out(JSON.stringify(verdict));
    if (isUnreadable(verdict)) unreadable += 1;
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
    .option('--config <file>', 'configuration with the secrets, for lines that carry none')
    .action(context.perform(verify));
}
