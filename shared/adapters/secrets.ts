/** The deployment's secrets: Secrets Manager below `SECRETS_PREFIX`, JSON each. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import { loggerFor } from '../logger.ts';
import { GATEWAY_SECTIONS, type GatewaySecrets, type GatewaySection } from '../settings.ts';
import { type ReadOptions, type SecretReader, secretCache } from './secrets-cache.ts';

export type { ReadOptions, SecretReader } from './secrets-cache.ts';

/** Short limits: a door that waits for secrets longer than its caller waits for the door answers nobody. */
const client = new SecretsManagerClient({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 },
});

async function fetchText(name: string): Promise<string | undefined> {
  const prefix = process.env.SECRETS_PREFIX;
  if (prefix === undefined) throw new Error('SECRETS_PREFIX is not set');
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}${name}` }));
    // Some stores keep a secret without a value as an empty text.
    return SecretString === '' ? undefined : SecretString;
  } catch (error) {
    // Also the answer for a secret without a value, which is how a gateway that is not in use looks.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

export const secrets: SecretReader = secretCache({ fetchText, log: loggerFor('secrets') });

/** The secrets of one section of gateways; an empty record where the section is not configured. */
export async function gatewaySecrets(section: GatewaySection, options?: ReadOptions): Promise<GatewaySecrets> {
  const schema: z.ZodType<GatewaySecrets[GatewaySection]> = GATEWAY_SECTIONS[section];
  const value = await secrets.read(`gateways/${section}`, schema, options);
  return value ? { [section]: value } : {};
}
