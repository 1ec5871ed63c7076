import { describe, expect, it } from 'vitest';
import type { OperatorId } from '../../../shared/domain/cash-receipt.ts';
import type { Instant } from '../../../shared/domain/dates.ts';
import {
  asksToStop,
  type Suppression,
  suppressedChannels,
  withLifted,
  withSuppression,
} from '../../../shared/domain/suppression.ts';

const at = '2027-02-15T02:00:00.000Z' as Instant;
const stop: Suppression = { scope: 'all', reason: 'stop_reply', via: 'sms', at };
const bounce: Suppression = { scope: 'whatsapp', reason: 'not_reachable', via: 'whatsapp', at };
const lifted = { by: 'opr_1' as OperatorId, at, note: 'asked again' };

describe('a contact', () => {
  it('that asked to be left alone is so on every channel, one that bounced on that channel', () => {
    expect([...suppressedChannels([])]).toEqual([]);
    expect([...suppressedChannels([bounce])]).toEqual(['whatsapp']);
    expect([...suppressedChannels([bounce, stop])]).toEqual(['whatsapp', 'sms', 'email']);
  });

  it('is on the list once, however often it asks', () => {
    const once = withSuppression([], stop);
    expect(withSuppression(once, { ...stop, via: 'whatsapp' })).toBe(once);
    expect(withSuppression(once, bounce)).toEqual([stop, bounce]);
  });

  it('is lifted by a person and kept on the list, and goes back on it when it asks again', () => {
    const after = withLifted([stop, bounce], 'all', lifted);
    expect(after).toEqual([{ ...stop, lifted }, bounce]);
    expect([...suppressedChannels(after)]).toEqual(['whatsapp']);
    expect(withLifted(after, 'all', { ...lifted, note: 'twice' })).toEqual(after);
    const again = withSuppression(after, stop);
    expect(again).toEqual([{ ...stop, lifted }, bounce, stop]);
    expect(suppressedChannels(again).size).toBe(3);
  });
});

describe('a reply', () => {
  it.each(['STOP', 'stop', ' Berhenti. ', 'B E R H E N T I', 'unsub!', 'Unsubscribe', 'S.T.O.P', 'ＳＴＯＰ'])(
    '%s asks to stop',
    (reply) => {
      expect(asksToStop(reply)).toBe(true);
    },
  );

  it.each(['halo', '', '...', 'jangan berhenti', 'stopkontak', 'terima kasih', 'BERHENTI 1'])(
    '%s does not',
    (reply) => {
      expect(asksToStop(reply)).toBe(false);
    },
  );
});
