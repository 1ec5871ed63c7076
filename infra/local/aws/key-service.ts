/** `TrentService.*` (KMS): data keys sealed under one master key of the data folder. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { answer, type Service, ServiceError } from './service.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;

export interface LocalKey {
  readonly id: string;
  readonly arn: string;
}

type Input = Readonly<Record<string, unknown>>;

export function keyService(masterKey: Buffer, keys: readonly LocalKey[]): Service {
  function keyOf(input: Input): LocalKey {
    const found = keys.find(({ id, arn }) => input.KeyId === id || input.KeyId === arn);
    if (!found) throw new ServiceError('NotFoundException', `Key '${input.KeyId}' does not exist`);
    return found;
  }

  function seal({ arn }: LocalKey, plaintext: Buffer, input: Input): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', masterKey, iv).setAAD(contextOf(arn, input));
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const envelope = { keyArn: arn, sealed: Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64') };
    return Buffer.from(JSON.stringify(envelope)).toString('base64');
  }

  function open(input: Input): { arn: string; plaintext: Buffer } {
    try {
      const envelope = JSON.parse(Buffer.from(String(input.CiphertextBlob), 'base64').toString());
      const bytes = Buffer.from(envelope.sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, IV_BYTES))
        .setAAD(contextOf(envelope.keyArn, input))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const plaintext = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return { arn: envelope.keyArn, plaintext };
    } catch {
      throw new ServiceError(
        'InvalidCiphertextException',
        'the ciphertext or its encryption context is not the one sealed',
      );
    }
  }

  return {
    GenerateDataKey: (input) => {
      const key = keyOf(input);
      const plaintext = randomBytes(input.KeySpec === 'AES_128' ? 16 : Number(input.NumberOfBytes ?? DATA_KEY_BYTES));
      return answer({
        CiphertextBlob: seal(key, plaintext, input),
        Plaintext: plaintext.toString('base64'),
        KeyId: key.arn,
      });
    },
    Encrypt: (input) => {
      const key = keyOf(input);
      return answer({
        CiphertextBlob: seal(key, Buffer.from(String(input.Plaintext), 'base64'), input),
        KeyId: key.arn,
      });
    },
    Decrypt: (input) => {
      const { arn, plaintext } = open(input);
      return answer({ Plaintext: plaintext.toString('base64'), KeyId: arn });
    },
  };
}

function contextOf(keyArn: string, { EncryptionContext = {} }: Input): Buffer {
  const pairs = Object.entries(EncryptionContext as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([keyArn, pairs]));
}
