import { describe, expect, it } from 'vitest';
import { fileIdOf } from '../../../shared/domain/ids.ts';
import { fileOrigin, placeOfKey, uploadKey } from '../../../shared/statements/file-kinds.ts';

describe('the place of a file', () => {
  it('says kind, source and name, and which file it is where it came as an upload', () => {
    const origin = fileOrigin('bank_statement', 'mt940');
    const key = uploadKey(origin, 'mutasi 1.sta', 'ab');
    expect(placeOfKey(key)).toEqual({
      ...origin,
      name: 'mutasi 1.sta',
      announced: fileIdOf('bank_statement', 'mt940', 'ab'),
    });
    expect(placeOfKey('inbox/receipts/surakarta/a.csv')).toMatchObject({ name: 'a.csv', announced: null });
  });

  it.each([
    ['elsewhere/receipts/solo/a.csv', 'kind'],
    ['inbox/receipts/solo', 'kind'],
    ['inbox/songs/solo/a.csv', 'kind'],
    ['inbox/bank_statement/pdf/a.csv', 'source'],
    ['inbox/receipts/../a.csv', 'source'],
    ['inbox/receipts/solo/.hidden', 'name'],
  ])('%s is none of ours, for its %s', (key, field) => {
    expect(() => placeOfKey(key)).toThrow(expect.objectContaining({ reason: 'invalid_request', field }));
  });

  it('is another for the same bytes of another source', () => {
    expect(fileIdOf('receipts', 'solo', 'ab')).not.toBe(fileIdOf('receipts', 'klaten', 'ab'));
  });
});
