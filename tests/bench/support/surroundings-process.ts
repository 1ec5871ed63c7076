/**
 * The AWS around one function, in a process beside it, so that its work is not counted as the function's: the tables,
 * the secrets, the keys, and queues that only take. What a queue took lies in a file of the folder, a body a line.
 */
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEndpoint } from '../../../infra/local/aws/endpoint.ts';
import { keyService } from '../../../infra/local/aws/key-service.ts';
import { objectService } from '../../../infra/local/aws/object-service.ts';
import { answer, type Service } from '../../../infra/local/aws/service.ts';
import { openDatabase } from '../../../infra/local/database.ts';
import { prepareEnvironment } from '../../../infra/local/environment.ts';
import { FileFolder } from '../../../infra/local/files/file-folder.ts';
import { readSecrets, secretService } from '../../../infra/local/secrets.ts';
import { createTables } from '../../../infra/local/tables/create-tables.ts';
import { startTables } from '../../../infra/local/tables/dynoxide.ts';
import { repositoryTemplate } from '../../../infra/local/template/cached-template.ts';
import { localPlace } from '../../../infra/local/template/place.ts';
import { describeSystem } from '../../../infra/local/template/system.ts';
import { settingsSchema } from '../../../shared/settings.ts';
import { GATEWAYS } from './gifts.ts';

function takingQueues(folder: string): Service {
  const take = (url: unknown, body: unknown) => {
    appendFileSync(join(folder, `${String(url).split('/').at(-1)}.jsonl`), `${body}\n`);
    return { MessageId: randomUUID(), MD5OfMessageBody: createHash('md5').update(String(body)).digest('hex') };
  };
  return {
    SendMessage: ({ QueueUrl, MessageBody }) => answer(take(QueueUrl, MessageBody)),
    SendMessageBatch: ({ QueueUrl, Entries }) => {
      const entries = Entries as { Id: string; MessageBody: string }[];
      return answer({
        Successful: entries.map(({ Id, MessageBody }) => ({ Id, ...take(QueueUrl, MessageBody) })),
        Failed: [],
      });
    },
  };
}

const [folder = ''] = process.argv.slice(2);
const system = describeSystem(await repositoryTemplate(settingsSchema.parse({})), localPlace('http://127.0.0.1:0'));
const secrets = readSecrets(folder, system.secrets, { gateways: () => GATEWAYS });
const endpoint = await openEndpoint(0);
const services = {
  AmazonSQS: takingQueues(folder),
  secretsmanager: secretService(system.secrets, secrets),
  TrentService: keyService(secrets.masterKey, system.keys),
};
const files = new FileFolder({ folder: join(folder, 'files'), database: openDatabase(), announce: async () => {} });
endpoint.serve(services, objectService({ bucket: system.buckets[0]?.name ?? '', files }));
const tables = await startTables(folder, 0);
const place = localPlace(endpoint.url);
const before = { ...process.env };
prepareEnvironment(
  describeSystem(await repositoryTemplate(settingsSchema.parse({})), place).functions,
  place,
  tables.url,
);
await createTables(system.tables, tables.url);
const environment = Object.fromEntries(Object.entries(process.env).filter(([name, value]) => before[name] !== value));

process.on('disconnect', () => {
  void tables.stop().finally(() => process.exit(0));
});
process.send?.({ environment, operators: secrets.textOf('operators') });
