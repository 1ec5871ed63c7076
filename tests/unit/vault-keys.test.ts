import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { kmsVaultKeys } from '../../shared/adapters/vault-keys.ts';

process.env.AWS_REGION = 'ap-southeast-3';
const kms = mockClient(KMSClient);
beforeEach(() => {
  kms.reset();
  process.env.VAULT_KEY_ID = 'vault-key';
});

it('binds a data key to the row it is for', async () => {
  const Plaintext = new Uint8Array(32);
  const CiphertextBlob = new Uint8Array([1, 2, 3]);
  kms.on(GenerateDataKeyCommand).resolves({ Plaintext, CiphertextBlob });
  kms.on(DecryptCommand).resolves({ Plaintext });
  expect(await kmsVaultKeys.createDataKey('WORKER#wrk_1')).toEqual({ plaintext: Plaintext, wrapped: CiphertextBlob });
  expect(await kmsVaultKeys.unwrapDataKey(CiphertextBlob, 'WORKER#wrk_1')).toEqual(Plaintext);
  for (const { args } of kms.calls())
    expect(args[0].input).toMatchObject({ KeyId: 'vault-key', EncryptionContext: { row: 'WORKER#wrk_1' } });
});

it('lets the queue try again while KMS is busy, and hides nothing else', async () => {
  const named = (name: string) => Object.assign(new Error(name), { name });
  kms.on(DecryptCommand).rejects(named('ThrottlingException'));
  await expect(kmsVaultKeys.unwrapDataKey(new Uint8Array(), 'x')).rejects.toMatchObject({ name: 'Transient' });
  kms.on(DecryptCommand).rejects(named('InvalidCiphertextException'));
  await expect(kmsVaultKeys.unwrapDataKey(new Uint8Array(), 'x')).rejects.toThrow('InvalidCiphertextException');
});

it('needs to know its key', async () => {
  delete process.env.VAULT_KEY_ID;
  await expect(kmsVaultKeys.createDataKey('x')).rejects.toThrow('VAULT_KEY_ID is not set');
});
