import { describe, expect, it } from 'vitest';
import { inspectMessage } from '../../../shared/gateways/inspect.ts';
import { VECTORS, type Vector } from './vectors.ts';

function accepted(vector: Vector) {
  const inspection = inspectMessage(vector);
  if (!inspection.authentic) throw new Error(`refused: ${inspection.reason}`);
  return inspection;
}

/** Where callers read the answer, it must be theirs. */
function expectAnswer({ expectedResponse }: Vector, { response }: ReturnType<typeof inspectMessage>) {
  if (!expectedResponse) return;
  const { httpStatus, ...fields } = expectedResponse;
  expect({ status: response.status, body: JSON.parse(response.body) }).toMatchObject({
    status: httpStatus,
    body: fields,
  });
}

describe('every captured message of the gateways we speak', () => {
  it.each(VECTORS.filter(({ valid }) => valid))('$gateway: $name', (vector) => {
    const inspection = accepted(vector);
    expectAnswer(vector, inspection);
    expect(inspection.response.status).toBe(200);
    expect(inspection.problem).toBeUndefined();
    expect(inspection.ignored).toBe(vector.expectedKind === null);
    if (vector.expectedEventId) expect(inspection.eventId).toBe(vector.expectedEventId);
    if (vector.expectedKind === null) {
      expect(inspection.events).toEqual([]);
      return;
    }
    const last = inspection.events.at(-1);
    expect(last).toMatchObject({
      kind: vector.expectedKind,
      amountRupiah: vector.expectedAmountIDR,
      paymentId: vector.expectedPaymentId,
      ...(vector.expectedOrderRef ? { orderReference: vector.expectedOrderRef } : {}),
      ...(vector.expectedOccurredAt ? { occurredAt: vector.expectedOccurredAt } : {}),
      ...(vector.expectedChannel ? { channel: vector.expectedChannel } : {}),
      ...(vector.expectedFeeIDR ? { feeRupiah: vector.expectedFeeIDR } : {}),
    });
    expect(last?.reinstatement).toBe(vector.reinstatement);
    const backKey = vector.expectedRefundKey ?? vector.expectedDisputeKey;
    if (backKey) expect(last?.effectKey.split(':').at(-1)).toBe(backKey);
    if (vector.expectedEvents) {
      const events = inspection.events.map(({ kind, amountRupiah, effectKey }) => ({
        kind,
        amountIDR: amountRupiah,
        refundKey: effectKey.split(':').at(-1),
      }));
      expect(events).toEqual(vector.expectedEvents);
    } else {
      expect(inspection.events).toHaveLength(1);
    }
  });

  it.each(VECTORS.filter(({ valid }) => !valid))('$gateway: $name', (vector) => {
    const inspection = inspectMessage(vector);
    expectAnswer(vector, inspection);
    const status = vector.expectedResponse?.httpStatus ?? (vector.reason === 'malformed_body' ? 400 : 401);
    expect(inspection).toMatchObject({ authentic: false, reason: vector.reason, events: [], response: { status } });
  });
});
