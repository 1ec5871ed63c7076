import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, openEndpoint } from '../../../infra/local/aws/endpoint.ts';
import { objectService } from '../../../infra/local/aws/object-service.ts';
import { type Database, openDatabase } from '../../../infra/local/database.ts';
import { FileFolder } from '../../../infra/local/files/file-folder.ts';

const KEY = 'inbox/receipts/solo/a.csv';
let folder: string;
let database: Database;
let announced: string[];
let files: FileFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lingkaran-files-'));
  database = openDatabase();
  announced = [];
  files = open();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): FileFolder {
  return new FileFolder({ folder, database, announce: async (key) => void announced.push(key) });
}

function putByHand(key: string, text: string, ageSeconds: number): void {
  const path = join(folder, key);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(path, then, then);
}

describe('the folder of files', () => {
  it('announces a file put there by hand once, and once more when it has changed, also after a new start', async () => {
    putByHand(KEY, 'one', 10);
    await files.look();
    await files.look();
    await open().look();
    expect(announced).toEqual([KEY]);
    putByHand(KEY, 'two, and longer', 5);
    await open().look();
    expect(announced).toEqual([KEY, KEY]);
  });

  it('waits until a file has stopped growing, and looks at no hidden one', async () => {
    putByHand(KEY, 'half', 0);
    putByHand('inbox/receipts/solo/.a.csv.part', 'x', 10);
    await files.look();
    expect(announced).toEqual([]);
  });

  it('announces an upload when it is there as a whole, and not what lies elsewhere', async () => {
    await files.put(KEY, Readable.from(['bytes']));
    await files.put('outbox/b.csv', Readable.from(['bytes']));
    expect(announced).toEqual([KEY]);
    expect(readFileSync(join(folder, KEY), 'utf8')).toBe('bytes');
    await files.look();
    expect(announced).toEqual([KEY]);
  });

  it('keeps nothing of an upload that broke off', async () => {
    const broken = Readable.from(
      (async function* () {
        yield 'half';
        throw new Error('gone');
      })(),
    );
    await expect(files.put(KEY, broken)).rejects.toThrow('gone');
    expect(files.find(KEY)).toBeUndefined();
    expect(announced).toEqual([]);
  });

  it.each(['../outside', 'inbox/../../outside', 'inbox//a', '/etc/passwd', 'inbox/.hidden', 'a\0b'])(
    'has no place for %j',
    async (key) => {
      expect(await files.put(key, Readable.from(['x']))).toBeUndefined();
      expect(files.find(key)).toBeUndefined();
    },
  );
});

describe('the object store', () => {
  let endpoint: Endpoint;
  beforeEach(async () => {
    endpoint = await openEndpoint(0);
    endpoint.serve({}, objectService({ bucket: 'files', files }));
  });
  afterEach(() => endpoint.close());
  const ask = (path: string, init: RequestInit = {}) => fetch(`${endpoint.url}/${path}`, init);

  it('takes an object, gives it back, and refuses other bytes than those asked for', async () => {
    const put = await ask(`files/${KEY}?X-Amz-Signature=x`, { method: 'PUT', body: 'one' });
    const etag = put.headers.get('etag') ?? '';
    expect(await (await ask(`files/${KEY}`, { headers: { 'if-match': etag } })).text()).toBe('one');
    expect((await ask(`files/${KEY}`, { method: 'HEAD' })).headers.get('content-length')).toBe('3');
    await ask(`files/${KEY}`, { method: 'PUT', body: 'other' });
    expect((await ask(`files/${KEY}`, { headers: { 'if-match': etag } })).status).toBe(412);
  });

  it.each([
    ['GET', 'files/inbox/none.csv', 404],
    ['PUT', 'files/..%2Foutside', 400],
    ['DELETE', `files/${KEY}`, 405],
    ['GET', 'others/a.csv', 400],
  ])('answers %s /%s with %i', async (method, path, status) => {
    expect((await ask(path, { method, ...(method === 'PUT' ? { body: 'x' } : {}) })).status).toBe(status);
  });
});
