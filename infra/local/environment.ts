/** What the functions find in `process.env`, which they share. */
import { mergedEnvironment } from './functions.ts';
import type { Place } from './template/place.ts';
import type { FunctionResource } from './template/resources.ts';

/** Of the machine's owner: the functions must not reach for a real account. */
const CREDENTIALS_OF_THE_OWNER = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];

export function prepareEnvironment(resources: readonly FunctionResource[], place: Place, tablesUrl: string): void {
  const { LINGKARAN_CLOCK: _ours, ...environment } = mergedEnvironment(resources);
  for (const name of CREDENTIALS_OF_THE_OWNER) delete process.env[name];
  Object.assign(process.env, {
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: place.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: tablesUrl,
    POWERTOOLS_LOG_LEVEL: process.env.LINGKARAN_LOG_LEVEL ?? 'WARN',
    POWERTOOLS_TRACE_ENABLED: 'false',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...environment,
  });
}
