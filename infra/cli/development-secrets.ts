/** The secrets `trigger` signs with: those of the system on this machine, never of a deployed one. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Configuration, configurationSchema, type GatewaySecrets } from '../../shared/settings.ts';
import { CommandFailure, EXIT } from './failure.ts';

export const EXAMPLE_CONFIGURATION_FILE = fileURLToPath(new URL('../local/example/config.json', import.meta.url));

export function readConfiguration(file: string): Configuration {
  if (!existsSync(file)) throw new CommandFailure(EXIT.notFound, `there is no configuration file ${file}`);
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CommandFailure(EXIT.failed, `${file} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const result = configurationSchema.safeParse(document);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the document'}: ${message}`);
  throw new CommandFailure(EXIT.failed, `${file} does not fit:\n${faults.join('\n')}`);
}

/** The same file `npm start` was given, else the one it takes by itself. */
export function gatewaySecrets(configurationFile: string | undefined, folder: string): GatewaySecrets {
  const file = configurationFile === undefined ? EXAMPLE_CONFIGURATION_FILE : resolve(folder, configurationFile);
  return readConfiguration(file).gateways;
}
