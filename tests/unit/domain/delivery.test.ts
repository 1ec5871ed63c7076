import { describe, expect, it } from 'vitest';
import { type MessageReference, rankOf, readReference, writeReference } from '../../../shared/domain/delivery.ts';

const key = 'ndg_0123456789abcdef0123';
const reminder = { coverId: 'cov_00ff_1', endDate: '2027-03-01', step: 'T+7', cohortId: '2026-12-01-g00' };

describe('a reference', () => {
  it.each([
    [{ key }],
    [{ key, reminder }],
    [{ key, reminder: { ...reminder, step: 'T-30', campaignId: 'cmp_0123456789ab' } }],
  ])('comes back as it was written', (reference) => {
    const text = writeReference(reference as MessageReference);
    expect(text.length).toBeLessThan(200);
    expect(readReference(text)).toEqual(reference);
  });

  it.each(['', 'hello', 'ndg_', 'NDG_0123456789', `${key}|`, `${key}|cov|2027-03-01|T-7`, `${key}|a|b|c|d|`, '|||||'])(
    '%s is not ours',
    (text) => {
      expect(readReference(text)).toBeNull();
    },
  );
});

it('what was delivered after all did not fail, and what was read was delivered', () => {
  const states = ['accepted', 'sent', 'failed', 'delivered', 'read'] as const;
  expect(states.map(rankOf)).toEqual([0, 1, 2, 3, 4]);
});
