/** `lingkaran campaigns results`: what the arms of a campaign came to, against those who got no message. */
import type { Command } from 'commander';
import type { CampaignResults } from '../../../shared/domain/campaign-results.ts';
import type { ArmResult, Interval } from '../../../shared/domain/experiment.ts';
import { call } from '../api.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { table } from '../format.ts';
import type { CommandContext, Session } from '../session.ts';
import { formatShare } from './metrics.ts';

const within = ({ low, high }: Interval) => `${formatShare(low)} … ${formatShare(high)}`;

const armRow = ({ arm, isControl, workers, succeeded, share, interval, against }: ArmResult) => ({
  arm,
  workers,
  succeeded,
  share: formatShare(share),
  interval: within(interval),
  difference: against ? `${formatShare(against.difference)} (${within(against)})` : '–',
  says: isControl ? 'pembanding' : (against?.says.id ?? '–'),
});

function shownResults({ name, metric, notEnded, arms }: CampaignResults): string[] {
  const rows = arms.map(armRow);
  return [
    `${name}: ${metric}, intervals of 95 %`,
    ...table(rows, Object.keys(rows[0] ?? {})),
    `workers whose cover has not ended: ${notEnded}`,
  ];
}

async function results(session: Session, _options: object, [id = '']: readonly string[]): Promise<ExitCode> {
  const path = `/api/campaigns/${encodeURIComponent(id)}/results`;
  const found = await call<CampaignResults>(session.target(), 'GET', path);
  session.print(found, () => shownResults(found));
  return EXIT.done;
}

/** Below the command `campaigns`. */
export function registerResults(campaigns: Command, context: CommandContext): void {
  campaigns
    .command('results')
    .description('what its arms came to, with intervals')
    .argument('<campaignId>')
    .action(context.perform(results));
}
