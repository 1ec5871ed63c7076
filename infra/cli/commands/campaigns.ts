/** `lingkaran campaigns`: drafts, whom they reach, what they say, a test, and launching, pausing, stopping. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { call, listAll, type Target } from '../api.ts';
import { EXIT, type ExitCode, wrongUse } from '../failure.ts';
import { type Row, table } from '../format.ts';
import type { CommandContext, Session, Work } from '../session.ts';
import { registerResults } from './results.ts';

const EXAMPLES = `Examples:
  lingkaran campaigns create campaign.json
  lingkaran campaigns audience cmp_3f9a1c2b7d10
  lingkaran campaigns dry-run cmp_3f9a1c2b7d10 --on 2027-02-15
  lingkaran campaigns test-send cmp_3f9a1c2b7d10 --recipient sari --step T-14
  lingkaran campaigns launch cmp_3f9a1c2b7d10
`;

interface Campaign extends Row {
  readonly campaignId: string;
  readonly name: string;
  readonly state: string;
  readonly firstDay: string | null;
  readonly ranThrough: string | null;
}

type Counts = Readonly<Record<string, number>>;
interface Part {
  readonly counts: Counts;
  readonly next: string | null;
}
interface Send {
  readonly step: string;
  readonly arm: string;
  readonly channel: string;
  readonly covers: number;
}
interface DayPart extends Part {
  readonly sends: readonly Send[];
  readonly items: readonly Row[];
}

const pathOf = (id = '', rest = '') => `/api/campaigns/${encodeURIComponent(id)}${rest}`;

/** However many parts a count comes in. */
async function everyPart<Some extends Part>(
  target: Target,
  path: string,
  query: Record<string, string> = {},
): Promise<Some[]> {
  const parts: Some[] = [];
  let cursor: string | undefined;
  do {
    const part: Some = await call<Some>(target, 'GET', path, { query: { ...query, cursor } });
    parts.push(part);
    cursor = part.next ?? undefined;
  } while (cursor !== undefined);
  return parts;
}

function sumOf(parts: readonly Part[]): Counts {
  const names = Object.keys(parts[0]?.counts ?? {});
  return Object.fromEntries(
    names.map((name) => [name, parts.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)]),
  );
}

/** From the matched down to those who get it: each line is who falls away. */
function waterfall(counts: Counts): readonly string[] {
  const rows = Object.entries(counts).map(([line, covers]) => ({ line, covers }));
  return table(rows, ['line', 'covers']);
}

function stateLine({ campaignId, name, state, firstDay, ranThrough }: Campaign): string {
  const days = firstDay === null ? '' : `, from ${firstDay}${ranThrough === null ? '' : `, run up to ${ranThrough}`}`;
  return `${campaignId}  ${name}: ${state}${days}`;
}

async function list(session: Session): Promise<ExitCode> {
  const items = await listAll<Campaign>(session.target(), '/api/campaigns');
  session.print({ items }, () =>
    items.length === 0
      ? ['there is no campaign yet']
      : table(items, ['campaignId', 'name', 'state', 'priority', 'firstDay', 'ranThrough', 'endsOn']),
  );
  return EXIT.done;
}

function documentIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrongUse(`${file}: ${(error as Error).message}`);
  }
}

async function create(session: Session, _: object, [file = '']: readonly string[]): Promise<ExitCode> {
  const campaign = await call<Campaign>(session.target(), 'POST', '/api/campaigns', { json: documentIn(file) });
  session.print(campaign, () => [stateLine(campaign)]);
  return EXIT.done;
}

async function audience(session: Session, _: object, [id]: readonly string[]): Promise<ExitCode> {
  const counts = sumOf(await everyPart(session.target(), pathOf(id, '/audience')));
  session.print({ counts }, () => waterfall(counts));
  return EXIT.done;
}

async function dryRun(session: Session, { on }: { on: string }, [id]: readonly string[]): Promise<ExitCode> {
  const parts = await everyPart<DayPart>(session.target(), pathOf(id, '/dry-run'), { on });
  const counts = sumOf(parts);
  const groups = Map.groupBy(
    parts.flatMap((part) => part.sends),
    ({ step, arm, channel }) => `${step} ${arm} ${channel}`,
  );
  const sends = [...groups.values()].map((group) => ({
    ...(group[0] as Send),
    covers: group.reduce((sum, { covers }) => sum + covers, 0),
  }));
  session.print({ on, counts, sends, items: parts.flatMap(({ items }) => items) }, () => [
    ...waterfall(counts),
    '',
    ...(sends.length === 0 ? [`nothing goes out on ${on}`] : table(sends, ['step', 'arm', 'channel', 'covers'])),
  ]);
  return EXIT.done;
}

interface WantedText {
  readonly step?: string;
  readonly language?: string;
  readonly arm?: string;
  readonly worker?: string;
}

async function preview(session: Session, wanted: WantedText, [id]: readonly string[]): Promise<ExitCode> {
  const { step, language, arm, worker } = wanted;
  const answer = await call<{ text: string | null }>(session.target(), 'GET', pathOf(id, '/preview'), {
    query: { step, language, arm, worker },
  });
  session.print(answer, () => [answer.text ?? 'held out: this worker gets no message of the campaign']);
  return EXIT.done;
}

async function testSend(
  session: Session,
  wanted: WantedText & { readonly recipient: string },
  [id]: readonly string[],
): Promise<ExitCode> {
  const { recipient, step, language, arm } = wanted;
  const answer = await call<{ outcome: string; text: string }>(session.target(), 'POST', pathOf(id, '/test-send'), {
    json: { recipient, step, language, arm },
  });
  session.print(answer, () => [`${answer.outcome} to ${recipient}:`, answer.text]);
  return answer.outcome === 'sent' ? EXIT.done : EXIT.failed;
}

function commanding(name: string): Work<object> {
  return async (session, _, [id]) => {
    const campaign = await call<Campaign>(session.target(), 'POST', pathOf(id, `/${name}`));
    session.print(campaign, () => [stateLine(campaign)]);
    return EXIT.done;
  };
}

const COMMANDS = {
  launch: 'start it, if nothing speaks against it; from then on it cannot be changed',
  pause: 'send nothing until it is resumed; its workers hear nothing meanwhile',
  resume: 'go on; steps that were overtaken in the pause are recorded and not sent',
  stop: 'end it for good; its workers are the standing campaign’s again',
} as const;

export function registerCampaigns(program: Command, context: CommandContext): void {
  const campaigns = program
    .command('campaigns')
    .description('renewal campaigns: write, count, try out, launch, stop')
    .addHelpText('before', EXAMPLES);
  campaigns.command('list').description('all campaigns and how far they are').action(context.perform(list));
  campaigns.command('create').description('keep a draft').argument('<file>', 'JSON').action(context.perform(create));
  campaigns
    .command('audience')
    .description('whom it would reach, and why not the others')
    .argument('<campaignId>')
    .action(context.perform(audience));
  campaigns
    .command('dry-run')
    .description('who would get what on a day')
    .argument('<campaignId>')
    .requiredOption('--on <date>', 'YYYY-MM-DD')
    .action(context.perform(dryRun));
  const withText = (command: Command) =>
    command
      .argument('<campaignId>')
      .option('--step <step>', 'T-14; its first unless given')
      .option('--language <language>', 'id or en')
      .option('--arm <arm>', 'its first unless given');
  withText(campaigns.command('preview').description('the exact text'))
    .option('--worker <workerId>', 'as this worker would read it')
    .action(context.perform(preview));
  withText(campaigns.command('test-send').description('send a text, marked TEST, to one of the staff'))
    .requiredOption('--recipient <name>', 'one of `campaigns.testRecipients` of the settings')
    .action(context.perform(testSend));
  for (const [name, description] of Object.entries(COMMANDS))
    campaigns
      .command(name)
      .description(description)
      .argument('<campaignId>')
      .action(context.perform(commanding(name)));
  registerResults(campaigns, context);
}
