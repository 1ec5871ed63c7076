/** `lingkaran policies`: whom money protects next, as published data; a policy is never edited, only followed by another. */
import type { Command } from 'commander';
import { call, type Page } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { readJson } from '../files.ts';
import { type Row, table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';

const EXAMPLES = `Examples:
  lingkaran policies
  lingkaran policies publish policy.json
`;

interface Policy extends Row {
  readonly version: string;
  readonly effectiveFrom: string;
  readonly shares: { readonly continuity: number; readonly newStarts: number };
  readonly continuityWindowDays: number;
  readonly priorityGroups: readonly string[];
  readonly donatedTermsCap: number | null;
  readonly state?: string;
}

function line({ version, effectiveFrom, shares, continuityWindowDays, priorityGroups, ...policy }: Policy): Row {
  return {
    version,
    state: policy.state,
    effectiveFrom,
    continuity: shares.continuity,
    newStarts: shares.newStarts,
    windowDays: continuityWindowDays,
    priorityGroups: priorityGroups.join(', ') || '–',
    termsCap: policy.donatedTermsCap ?? '–',
  };
}

function lines(policies: readonly Policy[]): string[] {
  const rows = policies.map(line);
  return table(rows, Object.keys(rows[0] ?? {}));
}

async function list(session: Session): Promise<ExitCode> {
  const page = await call<Page<Policy>>(session.target(), 'GET', '/api/policies');
  session.print(page, () => lines(page.items));
  return EXIT.done;
}

async function publish(session: Session, _options: object, [file = '']: readonly string[]): Promise<ExitCode> {
  const json = readJson(session.terminal.folder, file);
  const policy = await call<Policy>(session.target(), 'POST', '/api/policies', { json });
  session.print(policy, () => [`published ${policy.version}; it decides from ${policy.effectiveFrom} on`]);
  return EXIT.done;
}

export function registerPolicies(program: Command, context: CommandContext): void {
  const group = program
    .command('policies')
    .description('whom money protects next: the published allocation policies')
    .addHelpText('before', EXAMPLES)
    .action(context.perform(list));
  group
    .command('publish')
    .description('publish a policy; it decides from its day on, and is never edited')
    .argument('<policy.json>')
    .action(context.perform(publish));
}
