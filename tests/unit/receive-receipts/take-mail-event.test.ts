import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeMailEvent } from '../../../functions/receive-receipts/take-mail-event.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import { SILENT_LOG, SILENT_METER } from '../../../shared/logger.ts';
import { noteReceipt, readReceipt } from '../../../shared/store/message-receipts.ts';
import { readSuppressed, suppress } from '../../../shared/store/suppressions.ts';
import { startTestTables } from '../store/engine.ts';

let stop: () => Promise<void>;
beforeAll(async () => {
  stop = await startTestTables();
});
afterAll(() => stop());

const now = '2027-02-15T02:00:00.000Z' as Instant;
const dependencies = {
  now: () => now,
  secrets: async () => ({}),
  contactHash: async (contact: string) => contact,
  suppress,
  noteReceipt,
  sendNudges: async () => undefined,
  log: SILENT_LOG,
  meter: SILENT_METER,
};

const key = (number: number) => `dig_${String(number).padStart(20, '0')}`;
const contact = (number: number) => String(number).padStart(64, '0');
const mail = (number: number, eventType: string, bounceType = '') => ({
  kind: 'mail',
  eventType,
  messageId: 'ses-1',
  reference: Buffer.from(key(number)).toString('base64url'),
  contact: contact(number),
  bounceType,
});
const suppressed = async (number: number) => [
  ...((await readSuppressed([contact(number)])).get(contact(number)) ?? []),
];

describe('what SES tells', () => {
  it.each([
    [1, 'Send', '', 'sent', undefined],
    [2, 'Delivery', '', 'delivered', undefined],
    [3, 'Bounce', 'Transient', 'failed', 'delivery_failed'],
    [4, 'Bounce', 'Permanent', 'failed', 'not_reachable'],
    [5, 'Reject', '', 'failed', 'delivery_failed'],
  ])('of message %i: %s %s', async (number, eventType, bounceType, state, reason) => {
    await takeMailEvent(mail(number, eventType, bounceType), dependencies);
    const receipt = await readReceipt(key(number));
    expect([receipt?.state, receipt?.reason, receipt?.channel]).toEqual([state, reason, 'email']);
    expect(await suppressed(number)).toEqual(bounceType === 'Permanent' ? ['email'] : []);
  });

  it('a complaint stops e-mail and says nothing of the delivery', async () => {
    await takeMailEvent(mail(6, 'Complaint'), dependencies);
    expect(await suppressed(6)).toEqual(['email']);
    expect(await readReceipt(key(6))).toBeNull();
  });

  it('of mail that is not ours is passed by, and what is no event of the rule is refused', async () => {
    await takeMailEvent({ ...mail(7, 'Delivery'), reference: 'eA', contact: 'x' }, dependencies);
    expect(await readReceipt(key(7))).toBeNull();
    await expect(takeMailEvent({ kind: 'mail' }, dependencies)).rejects.toMatchObject({ reason: 'field_missing' });
  });
});
