/** The command line against a running system: what an operator does when something was stopped, and how it ends. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEmbedded, type System, startSystem } from './support/system.ts';

const project = resolve(import.meta.dirname, '../..');

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly said: string;
}

function lingkaran(argv: readonly string[], environment: Record<string, string>): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(
      join(project, 'infra/cli/lingkaran.mjs'),
      argv,
      { cwd: project, env: { ...process.env, ...environment } },
      (error, out, said) => done({ exitCode: error ? Number(error.code) : 0, out, said }),
    );
    child.stdin?.end();
  });
}

describeEmbedded('the command line', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  const run = (...argv: string[]) => lingkaran(argv, { LINGKARAN_DATA: join(system.folder, 'data') });
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out);
  /** Signed with the secrets this system was configured with. */
  const trigger = (...argv: string[]) =>
    run('trigger', ...argv, '--config', join(system.folder, 'configuration.json'), '--json');

  it('finds the system by the note in its data folder', async () => {
    expect(await run('status')).toMatchObject({ exitCode: 0 });
    expect(await json('clock')).toMatchObject({ now: '2026-12-01T08:00:00.000+07:00', speed: 0 });
  });

  it('hands a file in, follows it to its end, and says which lines need a person', async () => {
    const file = join(system.folder, 'statement.csv');
    const lines = ['payment_id,amount,fee,settled_at', 'cli-1,50000,500,2026-11-30', 'cli-2,ten,0,2026-11-30', ''];
    writeFileSync(file, lines.join('\n'));
    const words = ['import-file', file, '--kind', 'settlement_statement', '--source', 'midtrans'];
    const ran = await run(...words, '--json');
    expect(ran.exitCode).toBe(5);
    expect(JSON.parse(ran.out)).toMatchObject({
      state: 'done',
      counts: { missingHere: 1 },
      faults: [{ line: 3, column: 'amount', reason: 'amount_invalid' }],
    });
    expect(await run(...words)).toMatchObject({ exitCode: 5 });
    expect(await json('files', 'list')).toMatchObject({ items: [{ name: 'statement.csv' }] });
    expect(await run('import-file', file, '--kind', 'songs', '--source', 'midtrans')).toMatchObject({ exitCode: 2 });
  });

  it('books fifty copies once', async () => {
    const sent = await trigger(
      'partner',
      'paid',
      '--order',
      'ONE',
      '--amount',
      '20000',
      '--duplicate',
      '50',
      '--concurrent',
      '50',
    );
    expect(sent.exitCode).toBe(0);
    expect(JSON.parse(sent.out).responses).toEqual([{ status: 200, count: 50, body: expect.any(String) }]);
    await system.settle();
    const { items } = await json('donations', 'list', '--gateway', 'partner:kitabisa');
    expect(items).toMatchObject([{ receivedRupiah: 20_000, remainingRupiah: 20_000, state: 'received' }]);
  });

  it('a gift told two days late is booked at its own time', async () => {
    await trigger('partner', 'paid', '--order', 'LATE', '--late', '48h');
    await system.settle();
    const { items } = await json('donations', 'list', '--order-reference', 'LATE');
    expect(items).toMatchObject([{ paidAt: '2026-11-29T01:00:00.000Z' }]);
  });

  describe('a message that cannot be booked', () => {
    let quarantineId = '';

    it('is taken, kept and explained', async () => {
      expect(await trigger('midtrans', 'paid', '--set', 'gross_amount=70000.50')).toMatchObject({ exitCode: 0 });
      await system.settle();
      const { items } = await json('quarantine', 'list');
      expect(items).toMatchObject([{ reason: 'amount_has_sen', source: 'payments' }]);
      quarantineId = items[0].quarantineId;
      expect(await json('quarantine', 'show', quarantineId)).toEqual(items[0]);
    });

    it('comes back when nothing was mended, and books nothing', async () => {
      expect(await run('quarantine', 'release', quarantineId)).toMatchObject({ exitCode: 0 });
      await system.settle();
      const { items } = await json('quarantine', 'list');
      expect(items).toMatchObject([{ quarantineId, reason: 'amount_has_sen', releasedAt: null }]);
      expect(await run('proof')).toMatchObject({ exitCode: 0 });
    });
  });

  it('refuses, misses and fails with the codes of the contract', async () => {
    expect(await trigger('midtrans', 'paid', '--bad-signature')).toMatchObject({ exitCode: 3 });
    expect(await run('queues', '--token', 'x'.repeat(32))).toMatchObject({ exitCode: 3, out: '' });
    expect(await run('donations', 'show', 'don_none')).toMatchObject({ exitCode: 4, out: '' });
    expect(await run('quarantine', 'release', 'none')).toMatchObject({ exitCode: 4 });
    const missing = await run('redrive', 'payment');
    expect(missing).toMatchObject({ exitCode: 4 });
    expect(missing.said).toContain('payments');
    expect(await run('pledge', '--workers', '1', '--term', '13')).toMatchObject({ exitCode: 2, out: '' });
    expect(await run('clock', 'to', '2026-11-01T00:00:00Z')).toMatchObject({ exitCode: 3, out: '' });
    expect(await run('queues', '--url', 'http://127.0.0.1:9')).toMatchObject({ exitCode: 1, out: '' });
  });

  it('redrives a queue without dead letters', async () => {
    expect(await run('redrive', 'payments')).toMatchObject({ exitCode: 0 });
  });
});
