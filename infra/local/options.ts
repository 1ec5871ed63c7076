/** What an engine is started with, from code or from the command line. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { MessagingSecrets } from '../../shared/messaging-settings.ts';
import {
  type Configuration,
  configurationSchema,
  type GatewaySecrets,
  type NamedOperators,
} from '../../shared/settings.ts';

export interface EngineOptions {
  /** Its data folder. */
  readonly data: string;
  /** 0 lets the system choose. */
  readonly port?: number;
  readonly configuration?: Configuration;
  /** Asked whenever a function asks for the secrets of a gateway; those of the configuration unless given. */
  readonly gateways?: () => GatewaySecrets;
  readonly operators?: () => NamedOperators;
  readonly messengers?: () => MessagingSecrets;
  /** Where time starts in an empty folder; the real time unless given. */
  readonly startMilliseconds?: number;
  /** Stage seconds per real second; 0 stands still. */
  readonly speed?: number;
  /** For people; standard error unless given. */
  readonly say?: (line: string) => void;
}

export interface CommandLine {
  readonly port: number;
  readonly data: string;
  readonly config: string | undefined;
  readonly startMilliseconds: number | undefined;
  readonly speed: number | undefined;
  readonly empty: boolean;
}

/** What the one who started the engine got wrong. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export const USAGE =
  'usage: npm start -- [--port 4000] [--data .lingkaran] [--config FILE] [--now 2026-12-01T08:00:00+07:00] [--speed 1] [--empty]';
const DEFAULT_PORT = 4000;
const DEFAULT_DATA = '.lingkaran';
export const EXAMPLE_CONFIGURATION_FILE = join(import.meta.dirname, 'example/config.json');

const valuesSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  data: z.string().min(1).default(DEFAULT_DATA),
  config: z.string().optional(),
  now: z.iso.datetime({ offset: true }).optional(),
  speed: z.coerce.number().min(0).max(1_000_000).optional(),
  empty: z.boolean().default(false),
});

const WANTED: Readonly<Record<string, string>> = {
  port: 'a port number such as 4000',
  now: 'an RFC 3339 time with its zone, such as 2026-12-01T08:00:00+07:00',
  speed: 'a number from 0 to 1000000',
  data: 'a folder',
};

export function readCommandLine(given: readonly string[]): CommandLine {
  const read = valuesSchema.safeParse(flags(given));
  if (!read.success) {
    const flag = String(read.error.issues[0]?.path[0]);
    throw new WrongUse(`--${flag} must be ${WANTED[flag] ?? 'given properly'}\n${USAGE}`);
  }
  const { now, config, speed, ...rest } = read.data;
  return { ...rest, config, speed, startMilliseconds: now === undefined ? undefined : Date.parse(now) };
}

function flags(given: readonly string[]): unknown {
  try {
    return parseArgs({
      args: [...given],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string' },
        now: { type: 'string' },
        speed: { type: 'string' },
        empty: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new WrongUse(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** Each fault is named with its path, e.g. `gateways.midtrans.serverKeys: …`. */
export function readConfigurationFile(file: string): Configuration {
  if (!existsSync(file)) throw new WrongUse(`--config: there is no file ${file}`);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`--config: ${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const read = configurationSchema.safeParse(document);
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => `  ${[...issue.path, key].join('.')}: unknown key`)
      : [`  ${issue.path.join('.') || '(the whole file)'}: ${issue.message}`],
  );
  throw new WrongUse(`--config: ${file} is not a configuration:\n${faults.join('\n')}`);
}

export interface ConfiguredSecrets {
  readonly gateways: () => GatewaySecrets;
  readonly operators: () => NamedOperators;
  readonly messengers: () => MessagingSecrets;
}

/** Secrets as the file has them at that moment; a file that cannot be read changes nothing. */
export function secretsIn(file: string, configuration: Configuration): ConfiguredSecrets {
  let last = configuration;
  const read = (): Configuration => {
    try {
      last = readConfigurationFile(file);
    } catch (error) {
      console.error(`${error instanceof Error ? error.message : error}\nthe secrets stay as they were`);
    }
    return last;
  };
  return {
    gateways: () => read().gateways,
    operators: () => read().operators.people,
    messengers: () => read().messengers,
  };
}
