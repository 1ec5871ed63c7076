import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE_CONFIGURATION_FILE, readCommandLine, readConfigurationFile } from '../../../infra/local/options.ts';

describe('the command line', () => {
  it('has defaults', () => {
    expect(readCommandLine([])).toEqual({ port: 4000, data: '.lingkaran', empty: false });
  });

  it('reads every flag', () => {
    const line = [
      '--port',
      '0',
      '--data=x',
      '--config',
      'c.json',
      '--now',
      '2026-12-01T08:00:00+07:00',
      '--speed',
      '0',
      '--empty',
    ];
    expect(readCommandLine(line)).toEqual({
      port: 0,
      data: 'x',
      config: 'c.json',
      startMilliseconds: Date.parse('2026-12-01T01:00:00Z'),
      speed: 0,
      empty: true,
    });
  });

  it.each([
    [['--sped', '3'], '--sped'],
    [['--port', 'http'], '--port must be a port number'],
    [['--now', '2026-12-01'], '--now must be an RFC 3339 time'],
    [['--speed', 'fast'], '--speed must be a number'],
    [['--speed=-1'], '--speed must be a number'],
    [['extra'], 'extra'],
  ])('refuses %j', (line, message) => {
    expect(() => readCommandLine(line)).toThrow(message);
  });
});

describe('the configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lingkaran-options-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (document: unknown) => {
    const file = join(folder, 'config.json');
    writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
    return readConfigurationFile(file);
  };

  it('may leave everything out', () => {
    expect(read({})).toMatchObject({ gateways: {}, lifecycle: { groups: 1 }, messaging: { kind: 'outbox' } });
  });

  it('the one used where none is given is valid', () => {
    expect(readConfigurationFile(EXAMPLE_CONFIGURATION_FILE).gateways.midtrans).toBeDefined();
  });

  it.each([
    [{ gateway: {} }, 'gateway: unknown key'],
    [{ gateways: { midtrans: { serverKeys: ['a'], statusAPI: null } } }, 'gateways.midtrans.statusAPI: unknown key'],
    [{ gateways: { midtrans: { serverKeys: 'a' } } }, 'gateways.midtrans.serverKeys: '],
    [{ registrar: { kind: 'simulator', acceptAfter: '10 minutes' } }, 'registrar.acceptAfter: '],
    [{ lifecycle: { groups: 65 } }, 'lifecycle.groups: '],
    [[], '(the whole file): '],
    ['{', 'is not JSON'],
  ])('names what is wrong in %j', (document, message) => {
    expect(() => read(document)).toThrow(message);
  });
});
