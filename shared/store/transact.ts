/** Writes of several rows, all or none. */
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Transient } from '../errors.ts';
import { backOff, CONFLICT_TRIES, call, client, type OnTable, type Row, THROTTLES, tableName } from './table-client.ts';

type AwsTransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
export type TransactItem = {
  [Action in keyof AwsTransactItem]?: OnTable<NonNullable<AwsTransactItem[Action]>>;
};

export interface FailedCondition {
  readonly index: number;
  readonly code: string;
  /** The row as it stood, where the item asked for it with `ReturnValuesOnConditionCheckFailure: 'ALL_OLD'`. */
  readonly item?: Row;
}
export type TransactResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly failed: readonly FailedCondition[] };
interface CancellationReason {
  readonly Code?: string;
  readonly Item?: Record<string, never>;
}

/**
 * Writes all or nothing (at most 100 items). `ok: false` names the conditions that did not hold: where one failed,
 * trying again cannot help, whatever else stood beside it. A conflict alone is tried again in place, then Transient.
 *
 * @throws Transient `contention` or `throttled`
 */
export async function transact(
  items: readonly TransactItem[],
  { clientRequestToken }: { clientRequestToken?: string } = {},
): Promise<TransactResult> {
  const command = { TransactItems: items.map(onMainTable), ClientRequestToken: clientRequestToken };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await call(() => client().send(new TransactWriteCommand(command)));
      return { ok: true };
    } catch (error) {
      const failed = conditionsFailed(error);
      if (failed) return { ok: false, failed };
      if (attempt + 1 >= CONFLICT_TRIES) throw new Transient('contention', { cause: error });
      await backOff(attempt);
    }
  }
}

function onMainTable(item: TransactItem): AwsTransactItem {
  const [action, request] = Object.entries(item)[0] as [keyof AwsTransactItem, Row];
  return { [action]: { TableName: tableName(), ...request } };
}

/** The failed conditions; undefined where the transaction may be tried again; throws what neither is. */
function conditionsFailed(error: unknown): FailedCondition[] | undefined {
  const { name, CancellationReasons } = error as Error & { CancellationReasons?: readonly CancellationReason[] };
  if (name !== 'TransactionCanceledException' || !CancellationReasons) throw error;
  const failed = CancellationReasons.flatMap(({ Code, Item }, index) =>
    Code === 'ConditionalCheckFailed' ? [{ index, code: Code, ...(Item ? { item: unmarshall(Item) } : {}) }] : [],
  );
  if (failed.length > 0) return failed;
  const others = CancellationReasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  if (others.length > 0 && others.every((code) => code === 'TransactionConflict')) return undefined;
  if (others.some((code) => THROTTLES.test(code))) throw new Transient('throttled', { cause: error });
  throw error;
}
