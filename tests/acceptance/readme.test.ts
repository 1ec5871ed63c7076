/** The README does not lie: its five minutes are run here, command by command, on a system started as it says. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleReport } from '../../infra/local/example/report.ts';
import { EngineProcess, type ReadyLine } from './support/engine-process.ts';

const project = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(project, 'README.md'), 'utf8');

function section(title: string): string {
  const [, text = ''] = readme.split(`\n## ${title}\n`);
  return text.split('\n## ')[0] ?? '';
}

function commandsOf(text: string): string[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
}

const [start = '', ...commands] = commandsOf(section('Five minutes with the running system'));

interface Ran {
  readonly exitCode: number | null;
  readonly out: string;
  readonly said: string;
}

function shell(command: string, environment: Record<string, string>): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], {
      cwd: project,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, said] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, out, said }));
  });
}

describe('five minutes with the running system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-readme-'));
  const data = join(folder, 'data');
  let engine: EngineProcess;
  let ready: ReadyLine;

  beforeAll(async () => {
    const flags = start.replace(/^npm start -- /, '').split(' ');
    engine = new EngineProcess([...flags, '--port', '0', '--data', data]);
    ready = await engine.ready();
  });
  afterAll(async () => {
    await engine.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  /** The README's files and port are this run's own. */
  const here = (command: string) =>
    command.replaceAll('/tmp/', `${folder}/`).replace('http://127.0.0.1:4000', ready.url);

  it('has something to run', () => {
    expect(start).toMatch(/^npm start -- /);
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands)(
    '%s',
    async (command) => {
      const expected = Number(/# ends with (\d)$/.exec(command)?.[1] ?? 0);
      const ran = await shell(here(command), { LINGKARAN_DATA: data });
      expect(ran, ran.said).toMatchObject({ exitCode: expected });
      if (expected !== 2 && !command.includes(' > ')) expect(ran.out).not.toBe('');
      expect(ran.out + ran.said).not.toContain('\u001B');
    },
    240_000,
  );

  it('ends as it promised', async () => {
    const report = await exampleReport({ url: ready.url, operatorToken: ready.operatorToken });
    expect(report.holds).toBe(true);
    // The pledge and the gift that came fifty times.
    expect(Object.values(report.donations).reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(report.quarantine).toEqual({});
    expect(Object.keys(report.nudges)).toEqual(expect.arrayContaining(['T-30', 'T-14', 'T-7', 'T-1']));
    const contributions = Object.values(report.contributions).reduce((sum, { amountRupiah }) => sum + amountRupiah, 0);
    expect(contributions).toBe(report.totals.allocatedRupiah);
  });
});

describe('the README is complete', () => {
  it('gives the two commands in two lines', () => {
    expect(commandsOf(section('Run it, test it')).slice(0, 2)).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it('names every command of the command line', async () => {
    const { out } = await shell('npx lingkaran --help', {});
    const names = [...out.matchAll(/^ {2}([a-z]+)(?= )/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    expect(names).toContain('proof');
    for (const name of names) expect(section('The command line')).toContain(name);
  });

  it('only names scripts, files and links that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    const named = [...readme.matchAll(/npm (?:run )?(start|test|demo|deploy)/g)].map(([, name = '']) => name);
    expect(new Set(named)).toEqual(new Set(['start', 'test', 'demo', 'deploy']));
    for (const name of named) expect(scripts).toHaveProperty(name);
    for (const [, link = ''] of readme.matchAll(/\]\(([^)#]+)\)/g))
      expect(() => readFileSync(join(project, link))).not.toThrow();
  });
});
