import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { loadFunctions, mergedEnvironment } from '../../../infra/local/functions.ts';
import type { FunctionResource } from '../../../infra/local/template/resources.ts';

const resource = (folder: string, environment: Record<string, string> = {}): FunctionResource => ({
  name: `lingkaran-${folder}`,
  folder,
  environment,
  timeoutSeconds: 0.05,
  memoryMegabytes: 256,
});

const HANDLERS = {
  echo: `async (event, context) => ({ event, at: new Date(0), left: context.getRemainingTimeInMillis(), name: context.functionName })`,
  slow: `() => new Promise((resolve) => setTimeout(resolve, 1000))`,
  nothing: `async () => undefined`,
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lingkaran-functions-'));
  for (const [name, handler] of Object.entries(HANDLERS)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'handler.ts'), `export const handler = ${handler};`);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const load = (...names: string[]) =>
  loadFunctions({
    resources: names.map((name) => resource(name)),
    folder,
    activity: new Activity(),
    region: 'r',
    account: 'a',
  });

describe('functions', () => {
  it('share one environment, so a name may mean one thing only', () => {
    const same = { STAGE: 'local' };
    expect(mergedEnvironment([resource('a', same), resource('b', { ...same, X: '1' })])).toEqual({
      STAGE: 'local',
      X: '1',
    });
    expect(() => mergedEnvironment([resource('a', { X: '1' }), resource('b', { X: '2' })])).toThrow('b wants X');
  });

  it('are given and give JSON, and a context', async () => {
    const functions = await load('echo', 'nothing');
    expect(await functions.invoke('lingkaran-echo', { a: undefined, b: [1] })).toEqual({
      event: { b: [1] },
      at: '1970-01-01T00:00:00.000Z',
      left: expect.toSatisfy((left: number) => left > 0 && left <= 50),
      name: 'lingkaran-echo',
    });
    expect(await functions.invoke('lingkaran-nothing', {})).toBeNull();
  });

  it('fail when they take longer than they may', async () => {
    const functions = await load('slow');
    await expect(functions.invoke('lingkaran-slow', {})).rejects.toMatchObject({ name: 'Sandbox.Timedout' });
  });

  it('are missed at start, by name', async () => {
    await expect(load('absent')).rejects.toThrow(/the template has a function absent, but there is no .*handler\.ts/);
  });
});
