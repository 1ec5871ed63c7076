/** How the system is started and stopped on this machine, and how its clock is moved. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { ProblemDocument } from './support/contract.ts';
import { EngineProcess, runToEnd } from './support/engine-process.ts';
import { newPayment, notify } from './support/midtrans.ts';
import {
  CONFIGURATION,
  commandLine,
  describeEmbedded,
  type System,
  startSystem,
  startSystemForTest,
  temporaryFolder,
} from './support/system.ts';

const WRONG_USE = 2;

/** Unknown keys and wrong types, on every level. */
const WRONG_CONFIGURATION = {
  gatways: {},
  gateways: {
    midtrans: { serverKeys: 'not a list', severKeys: ['k'], statusApi: 'no url' },
    partner: { kitabisa: { secrets: ['plain'], colour: 'red' } },
  },
  registrar: { kind: 'simulator', rejectEvery: 'never', acceptAfter: '10 minutes' },
  lifecycle: { groups: 0 },
  workers: { minimumAge: '15' },
};
const PATHS_AT_FAULT = [
  'gatways',
  'gateways.midtrans.serverKeys',
  'gateways.midtrans.severKeys',
  'gateways.midtrans.statusApi',
  'gateways.partner.kitabisa.secrets.0',
  'gateways.partner.kitabisa.colour',
  'registrar.rejectEvery',
  'registrar.acceptAfter',
  'lifecycle.groups',
  'workers.minimumAge',
];

describeEmbedded('a command line or configuration that is wrong', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('ends with 2 and names every path at fault', async () => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, JSON.stringify(WRONG_CONFIGURATION));
    const data = join(folder, 'never');
    const { exitCode, stdout, stderr } = await runToEnd(['--empty', '--port', '0', '--data', data, '--config', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: WRONG_USE, stdout: '' });
    for (const path of PATHS_AT_FAULT) expect(stderr).toContain(`  ${path}:`);
    expect(readdirSync(folder)).not.toContain('never');
  });

  it.each<[name: string, flags: string[], said: RegExp]>([
    ['a mistyped flag', ['--sped', '0'], /--sped/],
    ['a speed that is no number', ['--speed', 'fast'], /--speed/],
    ['a time without a zone', ['--now', '2026-12-01T08:00:00'], /--now/],
    ['a port beyond all ports', ['--port', '70000'], /--port/],
    ['a configuration that is not there', ['--config', join(folder, 'nothing.json')], /nothing\.json/],
  ])('ends with 2 on %s', async (_name, flags, said) => {
    const { exitCode, stdout, stderr } = await runToEnd(['--empty', '--data', join(folder, 'never'), ...flags]);
    expect({ exitCode, stdout }).toEqual({ exitCode: WRONG_USE, stdout: '' });
    expect(stderr).toMatch(said);
  });

  it('ends with 2 on a configuration that is no JSON, and does not repeat what is in it', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"gateways":{"midtrans":{"serverKeys":["SB-Mid-server-secret"');
    const { exitCode, stderr } = await runToEnd(['--empty', '--data', join(folder, 'never'), '--config', file]);
    expect(exitCode).toBe(WRONG_USE);
    expect(stderr).toContain(file);
    expect(stderr).not.toContain('SB-Mid-server-secret');
  });
});

describeEmbedded('starting and stopping', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints one line when it is ready, keeps everything when it is told to stop, and goes on from there', async () => {
    const engine = startEngineProcess(commandLine(folder, { now: '2026-12-01T08:00:00+07:00' }));
    const ready = await engine.ready();
    expect(ready).toMatchObject({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(Date.parse(ready.now)).toBe(Date.parse('2026-12-01T08:00:00+07:00'));
    const system = await attach(ready.url, ready.operatorToken);
    await notify(system, newPayment(50_400, Date.parse(ready.now)), 'settlement');
    const { exitCode, stdout } = await engine.end('SIGTERM');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    const again = await startSystemForTest({ folder, now: '2030-01-01T00:00:00+07:00' });
    expect(again.token).toBe(ready.operatorToken);
    expect(await again.nowMilliseconds()).toBe(Date.parse(ready.now));
    await again.settle();
    expect(await again.donations()).toMatchObject([{ receivedRupiah: 50_400 }]);
  });

  it('refuses a second engine on the same folder, and the first one does not notice', async () => {
    const first = await startSystemForTest({ folder });
    const { exitCode, stdout, stderr } = await runToEnd(commandLine(folder));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(join(folder, 'data'));
    expect(await first.donations()).toHaveLength(1);
  });

  it('runs a clock at the speed it is given', async () => {
    const fast = join(folder, 'fast');
    mkdirSync(fast);
    const flags = commandLine(fast).map((flag, index, all) => (all[index - 1] === '--speed' ? '3600' : flag));
    const engine = startEngineProcess(flags);
    const { url, operatorToken } = await engine.ready();
    const system = await attach(url, operatorToken);
    const before = await clockOf(system);
    await sleep(500);
    expect((await clockOf(system)) - before).toBeGreaterThan(20 * 60_000);
    await engine.end('SIGTERM');
  });
});

/** Ends with the test, however that ends. */
function startEngineProcess(flags: readonly string[]): EngineProcess {
  const engine = new EngineProcess(flags);
  onTestFinished(async () => {
    await engine.end('SIGTERM');
  });
  return engine;
}

async function attach(url: string, token: string) {
  const { Client } = await import('./support/client.ts');
  return new Client(url, token);
}

async function clockOf(client: Awaited<ReturnType<typeof attach>>): Promise<number> {
  return Date.parse((await client.must<{ now: string }>('GET', '/local/clock')).now);
}

describeEmbedded('an empty system that stands still', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ now: '2027-01-31T23:59:00+07:00' });
  });
  afterAll(() => system.stop());

  const move = (document: unknown) =>
    system.operate<ProblemDocument & { now: string }>('POST', '/local/clock', document);

  it('holds nobody and nothing', async () => {
    expect(await system.workers()).toEqual([]);
    expect(await system.donations()).toEqual([]);
    expect(await system.covers()).toEqual([]);
    expect(await system.outbox()).toEqual([]);
    expect(await system.trialBalance()).toEqual({ accounts: [], sumRupiah: 0 });
    expect(await system.prove()).toMatchObject({ holds: true });
  });

  it('keeps its time until it is moved', async () => {
    const before = await system.nowMilliseconds();
    await sleep(50);
    expect(await system.nowMilliseconds()).toBe(before);
  });

  it.each([
    ['PT1M', '2027-02-01T00:00:00+07:00'],
    ['P1D', '2027-02-02T00:00:00+07:00'],
    ['P1M', '2027-03-02T00:00:00+07:00'],
    ['PT36H', '2027-03-03T12:00:00+07:00'],
  ])('moves by %s to %s', async (advanceBy, now) => {
    const { status, body } = await move({ advanceBy });
    expect(status).toBe(200);
    expect(Date.parse(body.now)).toBe(Date.parse(now));
  });

  it('moves to a time in any zone, and never back', async () => {
    expect((await move({ advanceTo: '2027-03-05T00:00:00Z' })).status).toBe(200);
    const now = await system.nowMilliseconds();
    expect(now).toBe(Date.parse('2027-03-05T07:00:00+07:00'));
    const back = await move({ advanceTo: '2027-03-05T06:59:59+07:00' });
    expect(back).toMatchObject({ status: 409, body: { status: 409, detail: expect.any(String) } });
    expect(await system.nowMilliseconds()).toBe(now);
  });

  it.each([
    [{}],
    [{ advanceBy: '30 days' }],
    [{ advanceBy: '-P1D' }],
    [{ advanceTo: '2027-04-01' }],
    [{ advanceTo: '2027-04-01T00:00:00' }],
    [{ advanceBy: 'P1D', advanceTo: '2027-04-01T00:00:00Z' }],
    ['tomorrow'],
  ])('does not understand %j', async (document) => {
    expect(await move(document)).toMatchObject({ status: 400, body: { status: 400, detail: expect.any(String) } });
  });

  it('answers only this machine itself about its clock', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    expect((await system.request('POST', '/local/drain', { headers })).status).toBe(403);
  });

  it('is configured with what the contract writes, and nothing else is there', async () => {
    expect(Object.keys(CONFIGURATION.gateways)).toEqual(['midtrans', 'partner']);
    const answer = await system.request('POST', '/webhooks/stripe', {
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(404);
  });
});
