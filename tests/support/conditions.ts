/** The conditions of DynamoDB: comparisons, AND, OR, NOT, IN, and four functions. */
import { type Item, type Placeholders, type Reader, readPath, remember, type Value } from './expressions.ts';

export type Condition = (item: Item, placeholders: Placeholders) => boolean;
type Operand = (item: Item, placeholders: Placeholders) => Value;

function readOperand(reader: Reader): Operand {
  if (reader.peek().kind === 'value') {
    const text = reader.take();
    return (_item, placeholders) => placeholders.value(text);
  }
  const path = readPath(reader);
  return (item, placeholders) => item[path(placeholders)];
}

export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (left instanceof Set || right instanceof Set)
    return (
      left instanceof Set &&
      right instanceof Set &&
      left.size === right.size &&
      [...left].every((one) => right.has(one))
    );
  const [a, b] = [left as Item, right as Item];
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameValue(a[key], b[key]))
  );
}

function isBefore(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right)) < 0;
  return typeof left === 'number' && typeof right === 'number' && left < right;
}

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '=': (left, right) => left !== undefined && sameValue(left, right),
  '<>': (left, right) => !sameValue(left, right),
  '<': isBefore,
  '>': (left, right) => isBefore(right, left),
  '<=': (left, right) => isBefore(left, right) || sameValue(left, right),
  '>=': (left, right) => isBefore(right, left) || sameValue(left, right),
};

function contains(container: Value, part: Value): boolean {
  if (container instanceof Set) return container.has(part);
  if (Array.isArray(container)) return container.some((one) => sameValue(one, part));
  return typeof container === 'string' && typeof part === 'string' && container.includes(part);
}

const FUNCTIONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  attribute_exists: (left) => left !== undefined,
  attribute_not_exists: (left) => left === undefined,
  begins_with: (left, right) => typeof left === 'string' && left.startsWith(right as string),
  contains,
};

function readSecond(reader: Reader): Operand {
  reader.expect(',');
  return readOperand(reader);
}

function readFunction(reader: Reader, name: string): Condition {
  const holds = FUNCTIONS[name];
  if (!holds) reader.fail();
  reader.take();
  reader.expect('(');
  const first = readOperand(reader);
  const second = name.startsWith('attribute_') ? () => undefined : readSecond(reader);
  reader.expect(')');
  return (item, placeholders) => holds(first(item, placeholders), second(item, placeholders));
}

function readList(reader: Reader): Operand[] {
  reader.expect('(');
  const operands = [readOperand(reader)];
  while (reader.accept(',')) operands.push(readOperand(reader));
  reader.expect(')');
  return operands;
}

function readPrimary(reader: Reader): Condition {
  if (reader.accept('(')) {
    const inner = readOr(reader);
    reader.expect(')');
    return inner;
  }
  const { text } = reader.peek();
  if (Object.hasOwn(FUNCTIONS, text)) return readFunction(reader, text);
  const left = readOperand(reader);
  if (reader.accept('IN')) {
    const choices = readList(reader);
    return (item, placeholders) =>
      choices.some((choice) => sameValue(left(item, placeholders), choice(item, placeholders)));
  }
  const compare = COMPARISONS[reader.peek().text];
  if (!compare) reader.fail();
  reader.take();
  const right = readOperand(reader);
  return (item, placeholders) => compare(left(item, placeholders), right(item, placeholders));
}

function readNot(reader: Reader): Condition {
  if (!reader.accept('NOT')) return readPrimary(reader);
  const inner = readNot(reader);
  return (item, placeholders) => !inner(item, placeholders);
}

function readChain(word: 'AND' | 'OR', readPart: (reader: Reader) => Condition) {
  return (reader: Reader): Condition => {
    const parts = [readPart(reader)];
    while (reader.accept(word)) parts.push(readPart(reader));
    if (parts.length === 1) return parts[0] as Condition;
    return (item, placeholders) => {
      const holds = (part: Condition) => part(item, placeholders);
      return word === 'AND' ? parts.every(holds) : parts.some(holds);
    };
  };
}

const readAnd = readChain('AND', readNot);
const readOr: (reader: Reader) => Condition = readChain('OR', readAnd);

export const conditionOf = remember(readOr);
