/** Where a deployment goes: to AWS, or to the emulator of it that `AWS_ENDPOINT_URL` names. */
import { DEFAULT_REGION } from '../stage.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const HOSTS_OF_AWS = /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/;

export function isEmulator({ AWS_ENDPOINT_URL: url }: Environment): boolean {
  return url !== undefined && url !== '' && !HOSTS_OF_AWS.test(new URL(url).hostname);
}

/** What the CDK needs to find its way; an emulator takes any credentials, and must be given some. */
export function deploymentEnvironment(environment: Environment): Environment {
  if (!isEmulator(environment)) return environment;
  const region = environment.LINGKARAN_REGION ?? DEFAULT_REGION;
  return {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}
