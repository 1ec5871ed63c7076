/** Keys from KMS: the vault's own key never leaves it, and each key it wraps is bound to the row it belongs to. */
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { Transient } from '../errors.ts';
import type { VaultKeys } from '../store/shard-keys.ts';

const THROTTLES = new Set([
  'ThrottlingException',
  'LimitExceededException',
  'KMSInternalException',
  'DependencyTimeoutException',
]);

let kmsClient: KMSClient | undefined;

function kms(): KMSClient {
  kmsClient ??= new KMSClient({});
  return kmsClient;
}

function keyId(): string {
  const id = process.env.VAULT_KEY_ID;
  if (!id) throw new Error('VAULT_KEY_ID is not set');
  return id;
}

async function asked<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (error) {
    if (THROTTLES.has((error as Error).name)) throw new Transient('throttled', { cause: error });
    throw error;
  }
}

export const kmsVaultKeys: VaultKeys = {
  async createDataKey(context) {
    const { Plaintext, CiphertextBlob } = await asked(
      kms().send(
        new GenerateDataKeyCommand({ KeyId: keyId(), KeySpec: 'AES_256', EncryptionContext: { row: context } }),
      ),
    );
    return { plaintext: Plaintext as Uint8Array, wrapped: CiphertextBlob as Uint8Array };
  },

  async unwrapDataKey(wrapped, context) {
    const { Plaintext } = await asked(
      kms().send(new DecryptCommand({ KeyId: keyId(), CiphertextBlob: wrapped, EncryptionContext: { row: context } })),
    );
    return Plaintext as Uint8Array;
  },
};
