/** Hostile calls of banks: never a crash, never a 5xx, and nothing is booked that was not signed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectMessage } from '../../shared/gateways/inspect.ts';
import { byteChange, changed, inspectBytes } from '../support/changed-bytes.ts';
import { VECTORS } from '../unit/gateways/vectors.ts';

const authentic = VECTORS.filter(({ gateway, valid }) => gateway === 'snap' && valid);
const notices = authentic.filter(({ path }) => !path.endsWith('/access-token/b2b'));
const forged = VECTORS.filter(({ gateway, valid }) => gateway === 'snap' && !valid);

/** A hundred thousand is the size for a night; every test run makes fewer. */
const RUNS = Number(process.env.LINGKARAN_MUTATIONS ?? 4_000);
const TIMEOUT_MILLISECONDS = 20_000 + RUNS * 2;

const change = byteChange('flip', 'drop', 'insert', 'space', 'repeat', 'cut');

function meaningOf(bytes: Buffer | string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes)));
  } catch {
    return undefined;
  }
}

it('a changed body is authentic only where it says the very same', { timeout: TIMEOUT_MILLISECONDS }, () => {
  const property = fc.property(
    fc.constantFrom(...notices),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    (vector, changes) => {
      const mutated = changes.reduce(changed, Buffer.from(vector.body));
      const inspection = inspectBytes(vector, mutated);
      expect([200, 400, 401]).toContain(inspection.response.status);
      expect(JSON.parse(inspection.response.body)).toHaveProperty('responseCode');
      if (inspection.authentic) expect(meaningOf(mutated)).toEqual(meaningOf(vector.body));
      else expect(inspection.events).toEqual([]);
    },
  );
  fc.assert(property, { numRuns: RUNS });
});

it('a forged call stays forged, whatever else is changed about it', { timeout: TIMEOUT_MILLISECONDS }, () => {
  const property = fc.property(
    fc.constantFrom(...forged),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    (vector, changes) => {
      const { events, response } = inspectBytes(vector, changes.reduce(changed, Buffer.from(vector.body)));
      // One was signed for a smaller amount: only that amount can make it good again.
      if (response.status === 200) expect(events).toMatchObject([{ amountRupiah: 150_000 }]);
      else expect(events).toEqual([]);
      expect(response.status).toBeLessThan(500);
    },
  );
  fc.assert(property, { numRuns: RUNS / 4 });
});

it('headers and paths may be anything', { timeout: TIMEOUT_MILLISECONDS }, () => {
  const names = [
    'x-timestamp',
    'x-signature',
    'x-partner-id',
    'x-client-key',
    'authorization',
    'x-external-id',
  ] as const;
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('Bearer x'), fc.base64String());
  const property = fc.property(
    fc.constantFrom(...authentic),
    fc.dictionary(fc.constantFrom(...names, '__proto__'), text),
    fc.option(fc.webPath(), { nil: undefined }),
    (vector, headers, path) => {
      const inspection = inspectMessage({
        ...vector,
        ...(path === undefined ? {} : { path }),
        headers: { ...vector.headers, ...headers },
      });
      expect([200, 400, 401, 404]).toContain(inspection.response.status);
      const untouched = !('x-signature' in headers) && !('x-timestamp' in headers);
      if (inspection.authentic)
        expect(untouched || headers['x-signature'] === vector.headers['x-signature']).toBe(true);
    },
  );
  fc.assert(property, { numRuns: RUNS / 4 });
});
