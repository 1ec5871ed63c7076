import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyService } from '../../../infra/local/aws/key-service.ts';
import { readSecrets, secretService } from '../../../infra/local/secrets.ts';
import type { SecretResource } from '../../../infra/local/template/resources.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';

const arn = (name: string) => `arn:aws:secretsmanager:ap-southeast-3:000000000000:secret:${name}`;
const secret = (role: string, properties: Record<string, unknown> = {}): SecretResource => ({
  name: `lingkaran/local/${role}`,
  arn: arn(`lingkaran/local/${role}`),
  role,
  properties,
});
const RESOURCES = [
  secret('gateways/midtrans'),
  secret('gateways/partner'),
  secret('operators', {
    SecretString: `{"tokens":["{{resolve:secretsmanager:${arn('lingkaran/local/first/operators')}:SecretString:value::}}"]}`,
  }),
  secret('first/operators', {
    GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'value', PasswordLength: 64 },
  }),
];
const MIDTRANS = { serverKeys: ['current'], statusApi: null };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lingkaran-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const secretValue = async (gateways: GatewaySecrets, SecretId: string) => {
  const service = secretService(RESOURCES, readSecrets(folder, RESOURCES, { gateways: () => gateways }));
  const { body } = (await service.GetSecretValue?.({ SecretId })) ?? {};
  return JSON.parse(String(body?.SecretString));
};

describe('secrets', () => {
  it('of gateways come from the configuration, by name or by ARN', async () => {
    expect(await secretValue({ midtrans: MIDTRANS }, 'lingkaran/local/gateways/midtrans')).toEqual(MIDTRANS);
    expect(await secretValue({ midtrans: MIDTRANS }, arn('lingkaran/local/gateways/midtrans'))).toEqual(MIDTRANS);
  });

  it('of named operators come from the configuration as it is now, beside the token made here', async () => {
    const people = [{ name: 'Rina', token: 'token-of-rina-0001' }];
    const secrets = readSecrets(folder, RESOURCES, { gateways: () => ({}), operators: () => people });
    const tokens = [expect.stringMatching(/^[A-Za-z0-9]{64}$/)];
    expect(JSON.parse(secrets.textOf('operators') ?? '')).toEqual({ tokens, people });
    people.length = 0;
    expect(JSON.parse(secrets.textOf('operators') ?? '')).toEqual({ tokens });
  });

  it.each(['lingkaran/local/gateways/partner', 'lingkaran/local/nothing'])('there is none for %s', async (name) => {
    await expect(secretValue({ midtrans: MIDTRANS }, name)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it('are made as the template says, once for all, for its owner only', async () => {
    const first = await secretValue({}, 'lingkaran/local/operators');
    expect(first).toEqual({ tokens: [expect.stringMatching(/^[A-Za-z0-9]{64}$/)] });
    expect(await secretValue({}, 'lingkaran/local/operators')).toEqual(first);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o077).toBe(0);
  });
});

describe('keys', () => {
  const KEY = { id: 'k', arn: 'arn:aws:kms:ap-southeast-3:000000000000:key/k' };
  const service = keyService(Buffer.alloc(32, 7), [KEY]);
  const ask = async (operation: string, input: Record<string, unknown>) =>
    (await service[operation]?.(input))?.body ?? {};
  const context = { workerId: 'w1' };

  it('open what they sealed, in the same context only', async () => {
    const made = await ask('GenerateDataKey', { KeyId: 'k', KeySpec: 'AES_256', EncryptionContext: context });
    expect(Buffer.from(String(made.Plaintext), 'base64')).toHaveLength(32);
    const sealed = { CiphertextBlob: made.CiphertextBlob };
    const opened = await ask('Decrypt', { ...sealed, EncryptionContext: context });
    expect(opened).toEqual({ Plaintext: made.Plaintext, KeyId: KEY.arn });
    const bad = { code: 'InvalidCiphertextException' };
    await expect(ask('Decrypt', { ...sealed, EncryptionContext: { workerId: 'w2' } })).rejects.toMatchObject(bad);
    await expect(ask('Decrypt', { CiphertextBlob: 'AAAA' })).rejects.toMatchObject(bad);
  });

  it('are those of the template', async () => {
    await expect(ask('GenerateDataKey', { KeyId: 'other' })).rejects.toMatchObject({ code: 'NotFoundException' });
    const { CiphertextBlob } = await ask('Encrypt', { KeyId: KEY.arn, Plaintext: 'aGk=' });
    expect(await ask('Decrypt', { CiphertextBlob })).toMatchObject({ Plaintext: 'aGk=' });
  });
});
