import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder, run } from './run.ts';

interface Vector {
  readonly gateway: string;
  readonly name: string;
  readonly valid: boolean;
  readonly expectedKind: string | null;
  readonly expectedAmountIDR: number | null;
  readonly expectedPaymentId: string | null;
  readonly expectedOccurredAt?: string;
  readonly expectedEvents?: readonly { kind: string; amountIDR: number }[];
  readonly reason?: string;
}

const file = resolve(projectFolder, 'tests/fixtures/gateway-vectors.json');
const vectors = (JSON.parse(readFileSync(file, 'utf8')) as Vector[]).filter(
  ({ gateway }) => gateway === 'midtrans' || gateway === 'partner',
);

async function verify(lines: readonly unknown[]) {
  const input = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const ran = await run(['verify'], { input });
  return { ...ran, verdicts: ran.out === '' ? [] : ran.out.split('\n').map((line) => JSON.parse(line)) };
}

describe('lingkaran verify', () => {
  it('answers every line, in order, and a forged one is a result, not a failure', async () => {
    const { exitCode, verdicts } = await verify(vectors);
    expect(exitCode).toBe(0);
    expect(verdicts.map(({ authentic }) => authentic)).toEqual(vectors.map(({ valid }) => valid));
  });

  it.each(vectors.filter(({ valid }) => valid))('$gateway: $name', async (vector) => {
    const { verdicts } = await verify([vector]);
    const { events, ignored, response } = verdicts[0];
    expect(response.status).toBe(200);
    if (vector.expectedKind === null) {
      expect({ events, ignored }).toEqual({ events: [], ignored: true });
      return;
    }
    expect(events.at(-1)).toMatchObject({
      kind: vector.expectedKind,
      amountRupiah: vector.expectedAmountIDR,
      paymentId: vector.expectedPaymentId,
      ...(vector.expectedOccurredAt ? { occurredAt: vector.expectedOccurredAt } : {}),
    });
    const expected = vector.expectedEvents?.map(({ kind, amountIDR }) => ({ kind, amountRupiah: amountIDR }));
    if (expected) {
      expect(events.map(({ kind, amountRupiah }: Record<string, unknown>) => ({ kind, amountRupiah }))).toEqual(
        expected,
      );
    }
  });

  it.each(vectors.filter(({ valid }) => !valid))('$gateway: $name', async (vector) => {
    const { verdicts } = await verify([vector]);
    expect(verdicts[0]).toMatchObject({
      authentic: false,
      reason: vector.reason,
      events: [],
      response: { status: 401 },
    });
  });

  it('a line that cannot be read is told so, costs no other line its answer, and ends with 1', async () => {
    const { exitCode, verdicts, said } = await verify([vectors[0], '{"gateway":', '', '7', vectors[0]]);
    expect(exitCode).toBe(1);
    expect(verdicts).toHaveLength(4);
    expect(verdicts[1]).toMatchObject({ authentic: false, error: 'not_json', line: 2 });
    expect(verdicts[2]).toMatchObject({ authentic: false, reason: 'invalid_request' });
    expect(verdicts[3]).toEqual(verdicts[0]);
    expect(said).toContain('2 of 5 lines');
  });

  it('takes the secrets of a configuration for lines that carry none, and only for those', async () => {
    const config = ['--config', 'infra/local/example/config.json'];
    for (const gateway of ['midtrans', 'partner']) {
      const { out: call } = await run(['trigger', gateway, 'paid', '--print']);
      expect(JSON.parse((await run(['verify', ...config], { input: call })).out)).toMatchObject({ authentic: true });
      expect(JSON.parse((await run(['verify'], { input: call })).out)).toMatchObject({ authentic: false });
    }
    const { out } = await run(['verify', ...config], { input: JSON.stringify(vectors[0]) });
    expect(JSON.parse(out)).toMatchObject({ authentic: true });
  });

  it('never prints a secret', async () => {
    const { out } = await verify(vectors);
    expect(out).not.toContain('SB-Mid-server');
    expect(out).not.toContain('whsec_');
  });
});
