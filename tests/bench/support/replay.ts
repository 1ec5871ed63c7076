/** Makes the writes of the product again without the product. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

export const COMMANDS = { PutCommand, UpdateCommand, DeleteCommand, TransactWriteCommand } as const;
export type CommandName = keyof typeof COMMANDS;

export interface Write {
  readonly name: CommandName;
  readonly input: Record<string, unknown>;
}

type Item = Readonly<Record<string, { TableName?: string; Key?: Row; Item?: Row }>>;
type Row = Readonly<Record<string, unknown>>;

function keysOf({ name, input }: Write): string[] {
  const requests =
    name === 'TransactWriteCommand'
      ? ((input as TransactWriteCommandInput).TransactItems ?? []).map((item) => Object.values(item as Item)[0])
      : [input as Item[string]];
  return requests.map(
    (each) => `${each?.TableName} ${each?.Key?.pk ?? each?.Item?.pk} ${each?.Key?.sk ?? each?.Item?.sk}`,
  );
}

/** Several at once, but writes of one row in their order. @returns how many were refused */
export async function replay(url: string, writes: readonly Write[], lanes: number): Promise<number> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: url }), {
    marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: false },
  });
  const lastOf = new Map<string, Promise<unknown>>();
  const atWork = new Set<Promise<unknown>>();
  let refused = 0;
  for (const write of writes) {
    while (atWork.size >= lanes) await Promise.race(atWork);
    const keys = keysOf(write);
    const before = keys.map((key) => lastOf.get(key));
    const work = Promise.all(before)
      .then(() => documents.send(new COMMANDS[write.name](write.input as never) as never))
      .catch(() => {
        refused += 1;
      })
      .finally(() => atWork.delete(work));
    atWork.add(work);
    for (const key of keys) lastOf.set(key, work);
  }
  await Promise.all(atWork);
  documents.destroy();
  return refused;
}
