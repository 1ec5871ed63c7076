/** What `campaigns` asks and shows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { type Asked, Status, type StubSystem, startStub } from './stub-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'lingkaran-campaigns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CAMPAIGN = { campaignId: 'cmp_1', name: 'Satu', state: 'launched', firstDay: '2027-01-01', ranThrough: null };
const FAULT = { field: 'audience', reason: 'audience_empty', detail: 'Nobody would get a message.' };

/** Two parts, the second under a cursor. */
const inParts = (first: object, second: object) => (asked?: Asked) =>
  asked?.path.includes('cursor=next') ? { ...second, next: null } : { ...first, next: 'next' };

let system: StubSystem;
beforeEach(async () => {
  const send = { step: 'T-7', arm: 'a', channel: 'sms' };
  system = await startStub({
    'GET /api/campaigns': { items: [CAMPAIGN], nextCursor: null },
    'POST /api/campaigns': CAMPAIGN,
    'GET /api/campaigns/cmp_1/audience': inParts(
      { counts: { matched: 3, willSend: 2 } },
      { counts: { matched: 2, willSend: 1 } },
    ),
    'GET /api/campaigns/cmp_1/dry-run': inParts(
      { counts: { matched: 2 }, sends: [{ ...send, covers: 2 }], items: [{ coverId: 'cov_1_1' }] },
      { counts: { matched: 1 }, sends: [{ ...send, covers: 1 }], items: [{ coverId: 'cov_2_1' }] },
    ),
    'GET /api/campaigns/cmp_1/preview': { text: null },
    'POST /api/campaigns/cmp_1/test-send': { outcome: 'failed', text: '[TEST] …' },
    'POST /api/campaigns/cmp_1/pause': { ...CAMPAIGN, state: 'paused', ranThrough: '2027-01-02' },
    'POST /api/campaigns/cmp_1/launch': new Status(422, { detail: 'not ready', errors: [FAULT] }),
    'POST /api/campaigns/cmp_1/resume': new Status(409, { title: 'no' }),
  });
});
afterEach(() => system.close());

const campaigns = (...given: string[]) => run(['campaigns', ...given, '--url', system.url, '--token', 'secret']);

describe('counting', () => {
  it('adds up the parts of an audience', async () => {
    const { exitCode, out } = await campaigns('audience', 'cmp_1', '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([0, { counts: { matched: 5, willSend: 3 } }]);
  });

  it('adds up what goes out on a day, and lists whom it is for', async () => {
    const { out } = await campaigns('dry-run', 'cmp_1', '--on', '2027-02-22', '--json');
    expect(JSON.parse(out)).toEqual({
      on: '2027-02-22',
      counts: { matched: 3 },
      sends: [{ step: 'T-7', arm: 'a', channel: 'sms', covers: 3 }],
      items: [{ coverId: 'cov_1_1' }, { coverId: 'cov_2_1' }],
    });
    expect(system.asked[0]?.path).toContain('on=2027-02-22');
    expect((await campaigns('dry-run', 'cmp_1')).exitCode).toBe(2);
  });
});

describe('a draft', () => {
  it('is sent as it stands in its file', async () => {
    const file = join(folder, 'campaign.json');
    writeFileSync(file, '{"name":"Satu"}');
    const { exitCode, out } = await campaigns('create', file);
    expect([exitCode, out]).toEqual([0, expect.stringContaining('cmp_1  Satu: launched, from 2027-01-01')]);
    expect(system.asked[0]?.body).toBe('{"name":"Satu"}');
  });

  it('that is no JSON, or no file, is wrong use and asks nothing', async () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{');
    expect((await campaigns('create', file)).exitCode).toBe(2);
    expect((await campaigns('create', join(folder, 'none.json'))).exitCode).toBe(2);
    expect(system.asked).toEqual([]);
  });
});

describe('what came of it', () => {
  it('is told in the exit code and named', async () => {
    const refused = await campaigns('launch', 'cmp_1');
    expect([refused.exitCode, refused.said]).toEqual([
      2,
      expect.stringContaining('audience: Nobody would get a message.'),
    ]);
    expect((await campaigns('resume', 'cmp_1')).exitCode).toBe(3);
    expect((await campaigns('stop', 'cmp_nothing')).exitCode).toBe(4);
    expect((await campaigns('test-send', 'cmp_1', '--recipient', 'sari')).exitCode).toBe(1);
    expect((await campaigns('pause', 'cmp_1')).out).toContain('paused, from 2027-01-01, run up to 2027-01-02');
    expect((await campaigns('preview', 'cmp_1', '--worker', 'wrk_1')).out).toContain('held out');
    expect((await campaigns('list')).out).toContain('cmp_1');
  });
});
