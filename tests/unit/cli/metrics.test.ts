import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CivilDate, Instant } from '../../../shared/domain/dates.ts';
import { compareArms, HOLD_OUT } from '../../../shared/domain/experiment.ts';
import { MetricsCounter } from '../../../shared/domain/metrics.ts';
import { coverFrom, workerOf } from '../../support/lives.ts';
import { run } from './run.ts';
import { type StubSystem, startStub } from './stub-system.ts';

function report() {
  const counter = new MetricsCounter('2027-03-05' as CivilDate, { from: null, to: null }, ['region'], {
    giftOf: () => ({ donorId: null, channel: 'qris', paidAt: '2026-11-20T03:00:00.000Z' as Instant }),
    armOf: () => null,
    channelOf: () => null,
  });
  counter.take({ worker: workerOf(), covers: [coverFrom({ from: '2026-12-01' })] });
  return counter.conclude();
}
const RESULTS = {
  campaignId: 'cmp_1',
  name: 'Hangat',
  state: 'launched',
  metric: 'self_paid_renewal',
  today: '2027-03-05',
  notEnded: 7,
  arms: compareArms(
    new Map([
      ['warm', { workers: 10, succeeded: 3 }],
      [HOLD_OUT, { workers: 10, succeeded: 2 }],
    ]),
  ),
};

let system: StubSystem;
beforeAll(async () => {
  system = await startStub({ 'GET /api/metrics': report(), 'GET /api/campaigns/cmp_1/results': RESULTS });
});
afterAll(() => system.close());
const ask = (...argv: string[]) => run([...argv, '--url', system.url, '--token', 'token']);

describe('lingkaran metrics', () => {
  it('asks for groups and days, and shows each group by the name people know', async () => {
    const { exitCode, out } = await ask('metrics', '--by', 'region', '--from', '2027-01-01');
    expect(exitCode).toBe(0);
    expect(system.asked.at(-1)?.path).toBe('/api/metrics?by=region&from=2027-01-01');
    expect(out).toMatch(/by +group +ended +selfPaid +share/);
    expect(out).toMatch(/semua +1 +0 +0,0 %/);
    expect(out).toContain('33.72, Jawa Tengah');
    expect(out).toMatch(/3 +3 +0 +0 +0 +Rp25\.200/);
  });

  it('gives the figures as they came where a program asks', async () => {
    const { out } = await ask('metrics', '--json');
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(report())));
  });
});

describe('lingkaran campaigns results', () => {
  it('says plainly what an arm came to', async () => {
    const { exitCode, out } = await ask('campaigns', 'results', 'cmp_1');
    expect(exitCode).toBe(0);
    expect(out).toContain('Hangat: self_paid_renewal, intervals of 95 %');
    expect(out).toMatch(/warm +10 +3 +30,0 % +10,8 % … 60,3 %/);
    expect(out).toContain('Kelompok ini masih terlalu kecil untuk mengatakan apa pun.');
    expect(out).toContain('pembanding');
    expect(out).toContain('workers whose cover has not ended: 7');
  });

  it('ends with 4 for a campaign that is not there', async () => {
    expect((await ask('campaigns', 'results', 'cmp_none')).exitCode).toBe(4);
  });
});
