/**
 * The secrets of a data folder: our own made once as the template says, those of gateways as the configuration has
 * them whenever a function asks, so that they are rotated while the system runs.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MessagingSecrets } from '../../shared/messaging-settings.ts';
import type { GatewaySecrets, NamedOperators } from '../../shared/settings.ts';
import { answer, type Service, ServiceError } from './aws/service.ts';
import type { SecretResource } from './template/resources.ts';

const fileSchema = z.strictObject({ masterKey: z.string(), values: z.record(z.string(), z.string()) });
type SecretsFile = z.infer<typeof fileSchema>;

export interface Secrets {
  /** By role, e.g. `operators`; undefined where it has no value. */
  readonly textOf: (role: string) => string | undefined;
  /** Everything KMS seals here is sealed under this. */
  readonly masterKey: Buffer;
}

/** Asked whenever a function asks. */
export interface ConfiguredSecrets {
  readonly gateways: () => GatewaySecrets;
  readonly operators?: (() => NamedOperators) | undefined;
  readonly messengers?: (() => MessagingSecrets) | undefined;
}

interface Generate {
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
  readonly PasswordLength?: number;
}

const GATEWAY_ROLE = /^gateways\/(.+)$/;
const MASTER_KEY_BYTES = 32;
const DEFAULT_LENGTH = 32;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** `{{resolve:secretsmanager:<ARN>:SecretString:<key>::}}` */
const REFERENCE = /\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*):[^:}]*:[^:}]*\}\}/g;

export function readSecrets(
  folder: string,
  resources: readonly SecretResource[],
  { gateways, operators = () => [], messengers = () => ({}) }: ConfiguredSecrets,
): Secrets {
  const file = join(folder, 'secrets.json');
  const kept: SecretsFile = existsSync(file)
    ? fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { masterKey: randomBytes(MASTER_KEY_BYTES).toString('base64'), values: {} };
  for (const resource of resources) keptValue(resource, resources, kept.values);
  writeFileSync(`${file}.new`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return {
    textOf(role) {
      if (role === 'operators') return withPeople(kept.values[role], operators());
      if (role === 'messaging') return JSON.stringify({ ...JSON.parse(kept.values[role] ?? '{}'), ...messengers() });
      const gateway = GATEWAY_ROLE.exec(role)?.[1];
      return gateway === undefined ? kept.values[role] : JSON.stringify(gateways()[gateway as keyof GatewaySecrets]);
    },
    masterKey: Buffer.from(kept.masterKey, 'base64'),
  };
}

/** The tokens are the engine's own, the people those of the configuration. */
function withPeople(secret: string | undefined, people: NamedOperators): string | undefined {
  if (secret === undefined || people.length === 0) return secret;
  return JSON.stringify({ ...JSON.parse(secret), people });
}

/** Made once and kept; a secret without a recipe has no value here until the configuration brings it. */
function keptValue(
  { role, properties }: SecretResource,
  resources: readonly SecretResource[],
  values: Record<string, string>,
): string | undefined {
  if (values[role] !== undefined) return values[role];
  const { SecretString, GenerateSecretString } = properties;
  if (typeof SecretString === 'string') values[role] = withReferences(SecretString, resources, values);
  else if (GenerateSecretString) values[role] = generated(GenerateSecretString);
  return values[role];
}

function withReferences(text: string, resources: readonly SecretResource[], values: Record<string, string>): string {
  return text.replaceAll(REFERENCE, (_, arn, key) => {
    const resource = resources.find((candidate) => candidate.arn === arn);
    const value = resource && keptValue(resource, resources, values);
    if (value === undefined) throw new Error(`a secret refers to ${arn}, which the template does not define`);
    return key === '' ? value : String(JSON.parse(value)[key]);
  });
}

function generated({ SecretStringTemplate, GenerateStringKey, PasswordLength = DEFAULT_LENGTH }: Generate): string {
  const password = Array.from({ length: PasswordLength }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  if (GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate ?? '{}'), [GenerateStringKey]: password });
}

/** `secretsmanager.*`: a gateway that is not configured has no value, as on AWS. */
export function secretService(resources: readonly SecretResource[], { textOf }: Secrets): Service {
  return {
    GetSecretValue: ({ SecretId }) => {
      const found = resources.find(({ name, arn }) => SecretId === name || SecretId === arn);
      const value = found && textOf(found.role);
      if (!found || value === undefined)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the secret ${SecretId} or its value`,
        );
      return answer({ ARN: found.arn, Name: found.name, VersionId: 'local', SecretString: value });
    },
  };
}
