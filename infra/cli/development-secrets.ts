/** The secrets `trigger` signs with: those of the system on this machine, never of a deployed one. */
import { resolve } from 'node:path';
import type { GatewaySecrets } from '../../shared/settings.ts';
import { EXAMPLE_CONFIGURATION_FILE, readConfigurationFile } from '../local/options.ts';

/** Of the same file that `npm start` was given with --config, else of the one it takes by itself. */
export function gatewaySecrets(configurationFile: string | undefined, folder: string): GatewaySecrets {
  const file = configurationFile === undefined ? EXAMPLE_CONFIGURATION_FILE : resolve(folder, configurationFile);
  return readConfigurationFile(file).gateways;
}
