/** The update expressions of DynamoDB, as far as the product writes them. */
import {
  type Item,
  type Placeholders,
  type Reader,
  readPath,
  remember,
  ValidationException,
  type Value,
} from './expressions.ts';

/** Changes `after`; every operand is read from `before`. */
type Action = (before: Item, after: Item, placeholders: Placeholders) => void;
type Operand = (before: Item, placeholders: Placeholders) => Value;

function readTerm(reader: Reader): Operand {
  if (reader.peek().kind === 'value') {
    const text = reader.take();
    return (_before, placeholders) => placeholders.value(text);
  }
  if (reader.accept('IF_NOT_EXISTS')) {
    reader.expect('(');
    const path = readPath(reader);
    reader.expect(',');
    const otherwise = readTerm(reader);
    reader.expect(')');
    return (before, placeholders) => {
      const value = otherwise(before, placeholders);
      return before[path(placeholders)] ?? value;
    };
  }
  const path = readPath(reader);
  if (reader.peek().text === '(') reader.fail();
  return (before, placeholders) => {
    const value = before[path(placeholders)];
    if (value === undefined) throw new ValidationException(`${path(placeholders)} is not in the item`);
    return value;
  };
}

function readSum(reader: Reader): Operand {
  const left = readTerm(reader);
  const sign = reader.accept('+') ? 1 : reader.accept('-') ? -1 : 0;
  if (sign === 0) return left;
  const right = readTerm(reader);
  return (before, placeholders) => {
    const [a, b] = [left(before, placeholders), right(before, placeholders)];
    if (typeof a !== 'number' || typeof b !== 'number') throw new ValidationException('only numbers are added');
    return a + sign * b;
  };
}

function readSet(reader: Reader): Action {
  const path = readPath(reader);
  reader.expect('=');
  const value = readSum(reader);
  return (before, after, placeholders) => {
    after[path(placeholders)] = value(before, placeholders);
  };
}

function sumOf(present: Value, added: Value): Value {
  if (added instanceof Set && (present === undefined || present instanceof Set))
    return new Set([...(present ?? []), ...added]);
  if (typeof added === 'number' && (present === undefined || typeof present === 'number'))
    return (present ?? 0) + added;
  throw new ValidationException('ADD takes a number or a set, like the attribute it adds to');
}

function readAdd(reader: Reader): Action {
  const path = readPath(reader);
  const value = reader.take('value');
  return (before, after, placeholders) => {
    const name = path(placeholders);
    after[name] = sumOf(before[name], placeholders.value(value));
  };
}

function readRemove(reader: Reader): Action {
  const path = readPath(reader);
  return (_before, after, placeholders) => {
    delete after[path(placeholders)];
  };
}

const CLAUSES: readonly (readonly [string, (reader: Reader) => Action])[] = [
  ['SET', readSet],
  ['ADD', readAdd],
  ['REMOVE', readRemove],
];

function readUpdate(reader: Reader): readonly Action[] {
  const actions: Action[] = [];
  while (reader.peek().kind !== 'end') {
    const clause = CLAUSES.find(([word]) => reader.accept(word)) ?? reader.fail();
    do actions.push(clause[1](reader));
    while (reader.accept(','));
  }
  return actions;
}

const actionsOf = remember(readUpdate);

/** The item after an update; the one before is left as it was. */
export function updated(before: Item, expression: string, placeholders: Placeholders): Item {
  const after = { ...before };
  for (const act of actionsOf(expression)) act(before, after, placeholders);
  return after;
}
