/** What one deployment of the system is made with, and what production refuses. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ScaledClock } from '../shared/clock.ts';
import type { Settings } from '../shared/settings.ts';

export const DEFAULT_REGION = 'ap-southeast-3';

/** Names of functions' folders, queues and so on are the same in every stage; this is what differs. */
export interface StageOptions {
  /** `local` (embedded engine), `development`, `production` or any short name of yours. */
  readonly stage: string;
  readonly settings: Settings;
  /** A clock that runs at another speed; never in production. */
  readonly clock?: ScaledClock | undefined;
  /** Tables go with the stack, and nothing keeps them from being deleted; never in production. */
  readonly disposable?: boolean;
  /** After how many hours without a booked payment a gateway counts as silent; `partner:<name>` for a partner. */
  readonly silenceHours?: Readonly<Record<string, number>>;
  /** Who hears of alarms; more can subscribe to the topic later. */
  readonly alarmEmail?: string | undefined;
}

export interface Stage extends StageOptions {
  readonly production: boolean;
  readonly secretsPrefix: string;
  readonly logRetention: RetentionDays;
  /** Of what holds data. */
  readonly removalPolicy: RemovalPolicy;
  readonly silenceHours: Readonly<Record<string, number>>;
}

const STAGE_NAME = /^[a-z][a-z0-9-]{0,29}$/;
const LONGEST_SILENCE = Duration.days(1).toHours();
const DEFAULT_SILENCE_HOURS = { midtrans: 6 };

export function stageOf(options: StageOptions): Stage {
  const production = options.stage === 'production';
  if (!STAGE_NAME.test(options.stage)) throw new Error(`not a stage name: ${options.stage}`);
  if (production && options.clock) throw new Error('a scaled clock is refused in production');
  if (production && options.disposable) throw new Error('production is not disposable');
  const silenceHours = options.silenceHours ?? DEFAULT_SILENCE_HOURS;
  for (const [gateway, hours] of Object.entries(silenceHours))
    if (!Number.isInteger(hours) || hours < 1 || hours > LONGEST_SILENCE)
      throw new Error(`silence of ${gateway} must be 1 to ${LONGEST_SILENCE} whole hours`);
  return {
    ...options,
    production,
    silenceHours,
    secretsPrefix: `lingkaran/${options.stage}/`,
    logRetention: production ? RetentionDays.SIX_MONTHS : RetentionDays.TWO_WEEKS,
    removalPolicy: options.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  };
}
