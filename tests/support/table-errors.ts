/** How DynamoDB refuses a write. */
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item, ValidationException } from './expressions.ts';

export class ConditionFailed extends Error {
  override readonly name = 'ConditionalCheckFailedException';
  readonly Item: Item | undefined;

  constructor(
    { ReturnValuesOnConditionCheckFailure }: { readonly ReturnValuesOnConditionCheckFailure?: string },
    row: Item | undefined,
  ) {
    super('The conditional request failed');
    this.Item = ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && row ? marshall(row) : undefined;
  }
}

export class TransactionCanceled extends Error {
  override readonly name = 'TransactionCanceledException';
  readonly CancellationReasons: readonly Item[];

  constructor(failures: readonly (ConditionFailed | ValidationException | undefined)[]) {
    super(`Transaction cancelled: ${failures.map((failure) => failure?.message ?? 'None').join(', ')}`);
    this.CancellationReasons = failures.map((failure) => {
      if (!failure) return { Code: 'None' };
      return failure instanceof ConditionFailed
        ? { Code: 'ConditionalCheckFailed', Item: failure.Item }
        : { Code: 'ValidationError' };
    });
  }
}
