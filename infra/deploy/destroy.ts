/** `npm run destroy`: takes a stage away again. What holds data stays, unless the stage was deployed as disposable. */
import { cdk } from './cdk.ts';
import { deploymentEnvironment } from './endpoint.ts';

try {
  const environment = deploymentEnvironment(process.env);
  await cdk(['destroy', '--force', ...process.argv.slice(2)], { environment });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
