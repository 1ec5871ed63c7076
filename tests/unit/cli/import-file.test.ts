/** What `import-file` shows while it works, and how it ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { progressOn } from '../../../infra/cli/progress-bar.ts';
import type { Terminal } from '../../../infra/cli/terminal.ts';
import { run } from './run.ts';
import { Status, startStub } from './stub-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'lingkaran-import-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'a.csv');
writeFileSync(file, 'a,b\n1,2\n');

const DONE = {
  fileId: 'fil_1',
  state: 'done',
  refusal: null,
  progress: { chunks: 1, done: 1 },
  counts: { matched: 1_200, missingHere: 0 },
  faultCount: 0,
  faults: [],
  differences: [],
};

async function handIn(seen: object, given = file) {
  const system = await startStub({
    'POST /api/files': new Status(202, { fileId: 'fil_1', uploadUrl: null }),
    'GET /api/files/fil_1': { ...DONE, ...seen },
  });
  const kind = ['--kind', 'settlement_statement', '--source', 'midtrans'];
  const ran = await run(['import-file', given, ...kind, '--url', system.url, '--token', 'secret']);
  await system.close();
  return { ...ran, asked: system.asked };
}

describe('handing a file in', () => {
  it('says what it found and ends with 0', async () => {
    expect(await handIn({})).toMatchObject({ exitCode: 0, out: 'fil_1 1.200 matched, 0 faults' });
  });

  it('ends with 5 where lines need a person, and names them', async () => {
    const fault = { line: 3, column: 'amount', reason: 'amount_invalid' };
    const ran = await handIn({ faultCount: 1, faults: [fault] });
    expect(ran.exitCode).toBe(5);
    expect(ran.out).toMatch(/3 +amount +amount_invalid/);
  });

  it('ends with 3 where the file was refused, and says where and why', async () => {
    const refusal = {
      reason: 'control_total_mismatch',
      line: 9,
      column: '62F',
      detail: 'opening and lines make 1, not 2',
    };
    expect(await handIn({ state: 'refused', refusal })).toMatchObject({
      exitCode: 3,
      out: 'fil_1 refused: line 9, 62F control_total_mismatch: opening and lines make 1, not 2',
    });
  });

  it('waits for no manifest', async () => {
    const ran = await handIn({ state: 'awaiting_manifest' });
    expect(ran).toMatchObject({ exitCode: 0, out: expect.stringContaining('manifest') });
  });

  it('ends with 4 where there is no such file, and asks nothing of the system', async () => {
    const ran = await handIn({}, join(folder, 'none.csv'));
    expect(ran).toMatchObject({ exitCode: 4, asked: [] });
  });
});

describe('progress', () => {
  const shown: string[] = [];
  const said: string[] = [];
  let milliseconds = 0;
  const terminal = (show: Terminal['show']) =>
    ({ show, say: (line: string) => void said.push(line), machineMilliseconds: () => milliseconds }) as Terminal;

  it('is a bar that grows where somebody looks at a screen', () => {
    const progress = progressOn(terminal((text) => void shown.push(text)));
    for (const done of [0, 50, 100]) {
      progress.at('uploading', done, 100);
      milliseconds += 200;
    }
    progress.end();
    expect(shown[0]).toBe(`uploading  [${'.'.repeat(30)}]   0 %`);
    expect(shown[1]).toBe(`uploading  [${'#'.repeat(15)}${'.'.repeat(15)}]  50 %`);
    expect(shown.at(-1)).toBe(`uploading  [${'#'.repeat(30)}] 100 %\n`);
    expect(said).toEqual([]);
  });

  it('is a line every ten seconds elsewhere', () => {
    const progress = progressOn(terminal(null));
    progress.at('settling', 1, 10);
    milliseconds += 10_000;
    progress.at('settling', 5, 10);
    progress.at('settling', 6, 10);
    progress.end();
    expect(said).toEqual([expect.stringContaining(' 50 %')]);
  });
});
