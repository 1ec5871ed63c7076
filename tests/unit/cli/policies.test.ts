/** `policies` shows whom money protects next and publishes another order. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { BUILT_IN_POLICY } from '../../../shared/domain/policy.ts';
import { run } from './run.ts';
import { Status, type StubSystem, startStub } from './stub-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'lingkaran-policies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'policy.json');

let system: StubSystem;
let answer: unknown;
beforeEach(async () => {
  answer = BUILT_IN_POLICY;
  system = await startStub({
    'GET /api/policies': { items: [{ ...BUILT_IN_POLICY, state: 'in_force' }], nextCursor: null },
    'POST /api/policies': () => answer,
  });
});
afterEach(() => system.close());

const policies = (...given: string[]) => run(['policies', ...given, '--url', system.url, '--token', 'secret']);

it('lists every policy with its shares, its groups and whether it decides', async () => {
  const { exitCode, out } = await policies();
  expect(exitCode).toBe(0);
  for (const word of [BUILT_IN_POLICY.version, 'in_force', '1 November 2026', 'disability', '30', '70'])
    expect(out).toContain(word);
});

it('publishes a file as it stands', async () => {
  writeFileSync(file, JSON.stringify(BUILT_IN_POLICY));
  const { exitCode, out } = await policies('publish', file);
  expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringContaining('from 2026-11-01 on') });
  expect(system.asked.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([['POST', BUILT_IN_POLICY]]);
});

it.each([
  [422, 'policy_shares', 2],
  [422, 'policy_past', 2],
  [409, 'policy_published', 3],
])('ends on a refusal %d %s with %d', async (status, reason, exitCode) => {
  writeFileSync(file, JSON.stringify(BUILT_IN_POLICY));
  answer = new Status(status, { title: 'The shares of a policy must sum to 100.', reason });
  expect(await policies('publish', file)).toMatchObject({ exitCode });
});

it('asks nobody about a file that is missing or no document', async () => {
  expect(await policies('publish', join(folder, 'none.json'))).toMatchObject({ exitCode: 4 });
  writeFileSync(file, 'shares: all');
  expect(await policies('publish', file)).toMatchObject({ exitCode: 2 });
  expect(system.asked).toEqual([]);
});
