/**
 * Hostile messages to Xendit and DOKU. `LINGKARAN_MUTATIONS` says how many of each are tried; the usual number fits a
 * test run.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectMessage } from '../../shared/gateways/inspect.ts';
import { byteChange, inspectBytes, mutate } from '../support/changed-bytes.ts';
import { VECTORS } from '../unit/gateways/vectors.ts';

const RUNS = Number(process.env.LINGKARAN_MUTATIONS ?? 3_000);
const TIMEOUT_MILLISECONDS = 20_000 + RUNS * 5;

const authentic = (name: string) => VECTORS.filter(({ gateway, valid }) => valid && gateway === name);

/** Several changes to bytes: flip, drop, insert, repeat, cut. */
const change = byteChange('flip', 'drop', 'insert', 'repeat', 'cut');
const changes = fc.array(change, { minLength: 1, maxLength: 3 });

describe('mutated messages', () => {
  it('of DOKU never crash and are never authentic', { timeout: TIMEOUT_MILLISECONDS }, () => {
    const property = fc.property(fc.constantFrom(...authentic('doku')), changes, (vector, list) => {
      const original = Buffer.from(vector.body);
      const mutated = mutate(original, list);
      const inspection = inspectBytes(vector, mutated);
      expect(inspection.authentic).toBe(mutated.equals(original));
      expect([200, 401]).toContain(inspection.response.status);
      if (!inspection.authentic) expect(inspection.events).toEqual([]);
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('of Xendit, whose token says nothing of the body, are read, kept with a reason or refused as unreadable', {
    timeout: TIMEOUT_MILLISECONDS,
  }, () => {
    const property = fc.property(fc.constantFrom(...authentic('xendit')), changes, (vector, list) => {
      const inspection = inspectBytes(vector, mutate(Buffer.from(vector.body), list));
      if (!inspection.authentic)
        expect(inspection).toMatchObject({ reason: 'malformed_body', response: { status: 400 } });
      else expect(inspection.response.status).toBe(200);
      for (const { amountRupiah, effectKey } of inspection.events) {
        expect(amountRupiah === null || (Number.isSafeInteger(amountRupiah) && amountRupiah > 0)).toBe(true);
        expect(effectKey).toMatch(/^xendit:[^:]+:/);
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });

  it('under a forged token or signature book nothing, whatever they say', { timeout: TIMEOUT_MILLISECONDS }, () => {
    const vectors = [...authentic('xendit'), ...authentic('doku')];
    const property = fc.property(
      fc.constantFrom(...vectors),
      fc.oneof(fc.string(), fc.string({ unit: 'binary' })),
      fc.array(change, { maxLength: 2 }),
      (vector, forged, list) => {
        const headers = { ...vector.headers, 'x-callback-token': forged, signature: forged };
        const {
          authentic: isAuthentic,
          events,
          response,
        } = inspectBytes(vector, mutate(Buffer.from(vector.body), list), headers);
        expect([isAuthentic, events.length, response.status]).toEqual([false, 0, 401]);
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });

  it('may have any value in any field', { timeout: TIMEOUT_MILLISECONDS }, () => {
    const property = fc.property(
      fc.constantFrom(...authentic('xendit')),
      fc.nat(),
      fc.jsonValue({ maxDepth: 2 }),
      (vector, at, value) => {
        const body = JSON.parse(vector.body);
        const holder = typeof body.data === 'object' && at % 2 === 0 ? body.data : body;
        const fields = Object.keys(holder);
        holder[fields[at % fields.length] ?? 'x'] = value;
        const inspection = inspectMessage({ ...vector, body: JSON.stringify(body) });
        expect([inspection.authentic, inspection.response.status]).toEqual([true, 200]);
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
});
