/** `lingkaran what-if --policy FILE`: whom history would have covered under another policy. Nothing is changed by it. */
import type { Command } from 'commander';
import { call } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { readJson } from '../files.ts';
import { type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran what-if --policy half-continuity.json
  lingkaran what-if --policy half-continuity.json --json > compared.json
`;

interface Outcome {
  readonly covers: number;
  readonly workers: number;
  readonly renewed: number;
  readonly disability: number;
}

interface WhatIf {
  readonly policy: { readonly version: string };
  readonly workers: number;
  readonly actual: { readonly covers: number; readonly workers: number };
  readonly agreeing: number;
  readonly published: Outcome;
  readonly other: Outcome;
  readonly gaining: number;
  readonly losing: number;
  readonly differences: readonly Row[];
}

const SHOWN = 20;

function shown(result: WhatIf): string[] {
  const { policy, actual, published, other, differences } = result;
  const rows = [
    { replayed: 'as it happened', ...actual },
    { replayed: 'published policies', ...published },
    { replayed: policy.version, ...other },
  ];
  const left = differences.length - SHOWN;
  return [
    ...table(rows, ['replayed', 'covers', 'workers', 'renewed', 'disability']),
    '',
    `the replay under the published policies agrees with what happened for ${result.agreeing} of ${result.workers} workers`,
    `${result.gaining} workers would have got more covers, ${result.losing} fewer`,
    ...(differences.length > 0
      ? [
          '',
          ...table(differences.slice(0, SHOWN), [
            'workerId',
            'region',
            'occupation',
            'disability',
            'publishedCovers',
            'otherCovers',
          ]),
        ]
      : []),
    ...(left > 0 ? [`… and ${left} more with --json`] : []),
  ];
}

async function compare(session: Session, { policy }: { policy: string }): Promise<ExitCode> {
  const json = readJson(session.terminal.folder, policy);
  const result = await call<WhatIf>(session.target(), 'POST', '/api/policies/what-if', { json });
  session.print(result, () => shown(result));
  return EXIT.done;
}

export function registerWhatIf(program: Command, context: CommandContext): void {
  program
    .command('what-if')
    .description('replay history under another allocation policy and show who would have been covered')
    .requiredOption('--policy <file>', 'the policy, JSON as for `policies publish`')
    .addHelpText('before', EXAMPLES)
    .action(context.perform(compare));
}
