import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Activity } from '../../../infra/local/activity.ts';
import { loadFunctions, mergedEnvironment } from '../../../infra/local/functions.ts';
import type { FunctionResource } from '../../../infra/local/template/resources.ts';
import { FunctionThread } from '../../../infra/local/thread/function-thread.ts';

const resource = (folder: string, environment: Record<string, string> = {}): FunctionResource => ({
  name: `lingkaran-${folder}`,
  folder,
  environment,
  timeoutSeconds: 0.05,
  memoryMegabytes: 256,
});

const DOOR = new Set(['lingkaran-echo']);
const HANDLERS = {
  echo: `async (event, context) => (globalThis.calledHere = 'echo', { event, at: new Date(0), left: context.getRemainingTimeInMillis(), name: context.functionName })`,
  slow: `() => new Promise((resolve) => setTimeout(resolve, 1000))`,
  nothing: `async () => undefined`,
  where: `async () => ({ isMainThread: (await import('node:worker_threads')).isMainThread, environment: process.env.IN_BOTH })`,
  failing: `async () => { throw Object.assign(new Error('no'), { name: 'Strange' }) }`,
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

const optionsFor = (...names: string[]) => ({
  resources: names.map((name) => ({ ...resource(name), timeoutSeconds: 5 })),
  folder,
  activity: new Activity(),
  region: 'r',
  account: 'a',
});
const load = (...names: string[]) => loadFunctions({ ...optionsFor(), resources: names.map((name) => resource(name)) });

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

  it('behind the door run in a thread of their own, where their failures keep their names', async () => {
    process.env.IN_BOTH = 'shared';
    const thread = new FunctionThread();
    const functions = await loadFunctions({ ...optionsFor('echo', 'where', 'failing'), thread, atTheDoor: DOOR });
    expect(await functions.invoke('lingkaran-where', {})).toEqual({ isMainThread: false, environment: 'shared' });
    await expect(functions.invoke('lingkaran-failing', {})).rejects.toMatchObject({ name: 'Strange', message: 'no' });
    expect(await functions.invoke('lingkaran-echo', {})).toMatchObject({ name: 'lingkaran-echo' });
    expect((globalThis as { calledHere?: string }).calledHere).toBe('echo');
    await thread.stop();
  });

  it('are missed at start, by name', async () => {
    await expect(load('absent')).rejects.toThrow(/the template has a function absent, but there is no .*handler\.ts/);
  });
});
