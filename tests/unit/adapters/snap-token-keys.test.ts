import { describe, expect, it } from 'vitest';
import type { IntakeKeys } from '../../../shared/adapters/sealing.ts';
import { withSnapTokenKeys } from '../../../shared/adapters/snap-token-keys.ts';
import type { GatewaySecrets } from '../../../shared/settings.ts';

const key = (keyId: string) => ({ keyId, key: Buffer.alloc(32, keyId).toString('base64') });

function setUp(secrets: GatewaySecrets, intake: IntakeKeys = { keys: [key('new'), key('old')] }) {
  const state = { secrets, intake, asked: 0 };
  const read = withSnapTokenKeys(
    async () => state.secrets,
    async () => {
      state.asked += 1;
      return state.intake;
    },
  );
  return { state, read };
}

describe('the keys of access tokens', () => {
  it('are derived from the intake keys, one for each, and tell nothing of them', async () => {
    const { state, read } = setUp({ snap: { partners: {} } });
    const keys = (await read('snap')).snap?.tokenKeys ?? [];
    expect(new Set(keys).size).toBe(2);
    for (const { key } of state.intake.keys) expect(keys).not.toContain(key);
    state.intake = { keys: [key('newer'), ...state.intake.keys] };
    expect((await read('snap')).snap?.tokenKeys?.slice(1)).toEqual(keys);
  });

  it('are the same object until something changes, so that the door knows when it does', async () => {
    const { state, read } = setUp({ snap: { partners: {} } });
    const { snap } = await read('snap');
    expect((await read('snap')).snap).toBe(snap);
    state.intake = { keys: [key('newer')] };
    expect((await read('snap')).snap).not.toBe(snap);
  });

  it('are those of the configuration where it names some', async () => {
    const secrets = { snap: { partners: {}, tokenKeys: ['sixteen-or-more-letters'] } };
    const { state, read } = setUp(secrets);
    expect(await read('snap')).toBe(secrets);
    expect(state.asked).toBe(0);
  });

  it('are nothing to other gateways, nor to a stage without banks', async () => {
    const { state, read } = setUp({});
    expect(await read('snap')).toEqual({});
    expect(await read('midtrans')).toEqual({});
    expect(state.asked).toBe(0);
  });
});
