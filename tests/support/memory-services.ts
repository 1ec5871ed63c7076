/** The other services the functions talk to, in memory: secrets, and the starting of executions. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ExecutionAlreadyExists, SFNClient } from '@aws-sdk/client-sfn';
import { type Faults, takeOver } from './faults.ts';

const SECRETS: Readonly<Record<string, unknown>> = {
  'gateways/partner': {
    kitabisa: { secrets: ['whsec_dGVzdA=='] },
    baznas: { secrets: ['whsec_dGVzdA=='], fundClass: 'zakat' },
  },
  'gateways/xendit': { callbackTokens: ['test'], statusApi: null },
  intake: { keys: [{ keyId: 'test', key: Buffer.alloc(32, 7).toString('base64') }] },
  identity: { hmacKey: Buffer.alloc(32, 9).toString('base64') },
};

export function installSecrets(): () => void {
  return takeOver(SecretsManagerClient, async ({ input }) => {
    const { SecretId } = input as { SecretId: string };
    const name = SecretId.slice((process.env.SECRETS_PREFIX as string).length);
    return { SecretString: JSON.stringify(SECRETS[name] ?? {}) };
  });
}

/** Executions by name: a name is taken once. */
export class MemoryExecutions {
  faults: Faults = {};
  readonly inputs = new Map<string, string>();

  install(): () => void {
    return takeOver(SFNClient, async (command) => {
      const input = command.input as { name: string; input: string };
      const call = { service: 'executions', name: 'StartExecution', input } as const;
      await this.faults.before?.(call);
      if (this.inputs.has(input.name))
        throw new ExecutionAlreadyExists({ $metadata: {}, message: `${input.name} exists` });
      this.inputs.set(input.name, input.input);
      await this.faults.after?.(call);
      return {};
    });
  }
}
