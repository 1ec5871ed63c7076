import { describe, expect, it } from 'vitest';
import { splitRoster } from '../../../functions/import-workers/split-roster.ts';
import { gatewaySecrets } from '../../../infra/cli/development-secrets.ts';
import { ACTS, EXAMPLE_DAYS } from '../../../infra/local/example/acts.ts';
import { SMALL_GIFTS, smallGifts, zakatGifts } from '../../../infra/local/example/gifts.ts';
import { chanceFrom } from '../../../infra/local/example/random.ts';
import { rosterCsv, VALID_WORKERS } from '../../../infra/local/example/roster.ts';
import { civilDate } from '../../../shared/domain/dates.ts';
import { digest } from '../../../shared/domain/ids.ts';
import { parseRosterLine, ROSTER_COLUMNS, type RosterRecord } from '../../../shared/domain/roster.ts';

/** What the import makes of the roster on a day. */
function imported(today: string) {
  const rules = { today: civilDate(today), minimumAge: 15, maximumAgeAtRegistration: 65 };
  const lines = [...splitRoster(Buffer.from(rosterCsv()))].map((line) => {
    if ('reason' in line) throw new Error(`line ${line.line}: ${line.reason}`);
    const fields = ROSTER_COLUMNS.map((column, index) => [column, line.fields[index]]);
    return parseRosterLine(Object.fromEntries(fields) as RosterRecord, rules);
  });
  const valid = lines.flatMap((line) => (line.ok ? [line] : []));
  const reasons = lines.flatMap((line) => (line.ok ? [] : line.errors.map(({ reason }) => reason)));
  return { valid, reasons: new Set(reasons), people: new Set(valid.map(({ person }) => person.nik)) };
}

describe('the roster of the example', () => {
  it.each(['2026-11-20', '2026-12-01', '2028-06-30'])('holds exactly 1,000 workers on %s', (today) => {
    const { valid, people } = imported(today);
    expect(people.size).toBe(VALID_WORKERS);
    expect(valid.length).toBeGreaterThan(VALID_WORKERS);
  });

  it('has the faults real lists have', () => {
    const { reasons, valid } = imported('2026-12-01');
    expect([...reasons]).toEqual(
      expect.arrayContaining(['nik_invalid', 'too_young', 'too_old', 'birth_date_invalid', 'phone_invalid']),
    );
    expect(valid.some(({ worker }) => !worker.consentMessaging)).toBe(true);
    expect(valid.some(({ person }) => person.phone === null)).toBe(true);
    expect(rosterCsv().startsWith('\uFEFFnik,')).toBe(true);
    expect(rosterCsv()).toContain('\r\n');
  });

  it('names nobody: area code 00 does not exist', () => {
    const { people } = imported('2026-12-01');
    expect([...people].filter((nik) => !nik.startsWith('00'))).toEqual([]);
  });

  it('has both sectors, a disability scheme and people entitled to zakat', () => {
    const workers = imported('2026-12-01').valid.map(({ worker }) => worker);
    expect(new Set(workers.map(({ sector }) => sector)).size).toBe(2);
    expect(workers.some(({ disability }) => disability)).toBe(true);
    expect(workers.some(({ mustahik }) => mustahik)).toBe(true);
  });

  it('is the same on every machine', () => {
    expect(digest(rosterCsv())).toBe('2d112cd23dfd4f76c837');
    expect(chanceFrom(1).between(0, 999_999)).toBe(627_073);
  });
});

describe('the gifts of the example', () => {
  it('are whole rupiah from Rp10.000 to Rp250.000, with the partner’s fee', () => {
    for (const { amountRupiah, feeRupiah } of smallGifts()) {
      expect(amountRupiah).toBeGreaterThanOrEqual(10_000);
      expect(amountRupiah).toBeLessThanOrEqual(250_000);
      expect(feeRupiah).toBe(Math.floor(amountRupiah / 20));
    }
    expect(zakatGifts().every(({ feeRupiah }) => feeRupiah === 0)).toBe(true);
  });

  it('have every trouble, before and after the company paid for everybody', () => {
    const troubles = (gifts: ReturnType<typeof smallGifts>) => new Set(gifts.map(({ trouble }) => trouble));
    const gifts = smallGifts();
    expect(gifts).toHaveLength(SMALL_GIFTS);
    expect(troubles(gifts.slice(0, 40))).toEqual(troubles(gifts.slice(40)));
    expect(new Set(gifts.map(({ paymentId }) => paymentId)).size).toBe(SMALL_GIFTS);
  });
});

it('the acts are in order of their days', () => {
  const days = ACTS.map(({ day }) => day);
  expect(days).toEqual([...days].sort((left, right) => left - right));
  expect(EXAMPLE_DAYS).toBe(days.at(-1));
});

it('the configuration of the example is one, and its secrets say that they are no secrets', () => {
  const { gateways } = { gateways: gatewaySecrets(undefined, '.') };
  expect(gateways.midtrans?.serverKeys[0]).toContain('FAKE');
  for (const { secrets } of Object.values(gateways.partner ?? {})) {
    expect(Buffer.from(secrets[0]!.slice('whsec_'.length), 'base64').toString()).toMatch(/^FAKE-development-only/);
  }
});
