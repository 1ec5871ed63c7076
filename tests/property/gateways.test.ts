import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectMessage } from '../../shared/gateways/inspect.ts';
import { byteChange, inspectBytes, mutate } from '../support/changed-bytes.ts';
import { VECTORS } from '../unit/gateways/vectors.ts';

/** Gateways whose signature covers every byte of the body. */
const WHOLE_BODY = ['partner', 'stripe', 'shopee', 'tiktok_shop', 'lazada'];
const authentic = VECTORS.filter(({ gateway, valid }) => valid && ['midtrans', ...WHOLE_BODY].includes(gateway));
const ofWholeBodies = authentic.filter(({ gateway }) => WHOLE_BODY.includes(gateway));
const ofMidtrans = authentic.filter(({ gateway }) => gateway === 'midtrans');

/** Several changes to bytes: flip, drop, insert, repeat, cut. */
const change = byteChange('flip', 'drop', 'insert', 'repeat', 'cut');

/** More of them for a run of its own: LINGKARAN_MUTATIONS=100000. */
const MUTATIONS = Number(process.env.LINGKARAN_MUTATIONS ?? 10_000);
const timeout = Math.max(20_000, MUTATIONS * 2);

describe('mutated messages', () => {
  it('never crash, and never become authentic where the signature covers the body', { timeout }, () => {
    const property = fc.property(
      fc.constantFrom(...ofWholeBodies),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (vector, changes) => {
        const original = Buffer.from(vector.body);
        const mutated = mutate(original, changes);
        const { authentic: isAuthentic, response } = inspectBytes(vector, mutated);
        expect(isAuthentic).toBe(mutated.equals(original));
        expect([200, 401]).toContain(response.status);
      },
    );
    fc.assert(property, { numRuns: MUTATIONS });
  });

  it('are authentic for Midtrans only where what is signed is unchanged', { timeout }, () => {
    const signedOf = (text: string) => {
      const { order_id, status_code, gross_amount, signature_key } = JSON.parse(text);
      return [order_id, status_code, gross_amount, signature_key.toLowerCase()];
    };
    const property = fc.property(
      fc.constantFrom(...ofMidtrans),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (vector, changes) => {
        const mutated = mutate(Buffer.from(vector.body), changes);
        const inspection = inspectBytes(vector, mutated);
        if (inspection.authentic) expect(signedOf(mutated.toString())).toEqual(signedOf(vector.body));
        else expect(inspection.reason).not.toBe('invalid_request');
      },
    );
    fc.assert(property, { numRuns: MUTATIONS });
  });

  it('have headers that are just as hostile', () => {
    const property = fc.property(
      fc.constantFrom(...authentic),
      fc.dictionary(
        fc.constantFrom(
          ...['webhook-id', 'webhook-timestamp', 'webhook-signature', 'stripe-signature', 'authorization'],
          ...['content-type', '__proto__'],
        ),
        fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
      ),
      (vector, headers) => {
        const { response } = inspectMessage({ ...vector, headers: { ...vector.headers, ...headers } });
        expect([200, 400, 401]).toContain(response.status);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });

  it('may be any JSON at all, anywhere in the line', () => {
    const property = fc.property(
      fc.constantFrom(...authentic),
      fc.constantFrom('gateway', 'method', 'path', 'headers', 'body', 'secrets', 'now', 'toleranceSeconds'),
      fc.jsonValue(),
      (vector, field, value) => {
        const inspection = inspectMessage({ ...vector, [field]: value });
        expect([200, 400, 401, 404]).toContain(inspection.response.status);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
    for (const line of [null, 7, 'x', [], {}]) expect(inspectMessage(line)).toMatchObject({ authentic: false });
  });
});
