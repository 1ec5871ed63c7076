/**
 * The conditions of DynamoDB, as far as the product writes them: comparisons, AND, OR, NOT, IN, and four functions.
 * Anything else is an error that names it, so a test never passes on syntax that was not understood.
 */
export type Value = unknown;
export type Item = Record<string, Value>;

export class ValidationException extends Error {
  override readonly name = 'ValidationException';
}

const TOKEN =
  /\s*(?:(?<value>:\w+)|(?<name>#\w+|[A-Za-z_]\w*)|(?<number>\d+)|(?<sign><>|<=|>=|[=<>()[\],.+-]))|\s*(?<end>$)/y;

export interface Token {
  readonly kind: 'value' | 'name' | 'number' | 'sign' | 'end';
  readonly text: string;
}

export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(expression)?.groups;
    if (!groups) throw new ValidationException(`unreadable at ${at}: ${expression}`);
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined) as [Token['kind'], string];
    tokens.push({ kind, text });
    if (kind === 'end') return tokens;
  }
}

/** The names and values that came with a request; it knows which of them an expression used. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, Value>>;
  readonly #used = new Set<string>();

  constructor(names: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, Value>> = {}) {
    this.#names = names;
    this.#values = values;
  }

  name(text: string): string {
    if (!text.startsWith('#')) return text;
    return this.#use(this.#names, text) as string;
  }

  value(text: string): Value {
    return this.#use(this.#values, text);
  }

  /** DynamoDB refuses a request that brings more than it uses. */
  assertAllUsed(): void {
    for (const given of [this.#names, this.#values])
      for (const [name, value] of Object.entries(given))
        if (value !== undefined && !this.#used.has(name)) throw new ValidationException(`${name} is not used`);
  }

  #use(given: Readonly<Record<string, Value>>, text: string): Value {
    if (given[text] === undefined) throw new ValidationException(`${text} is not defined`);
    this.#used.add(text);
    return given[text];
  }
}

/** Reads tokens one by one; words of the language are not case sensitive. */
export class Reader {
  readonly #tokens: readonly Token[];
  readonly #expression: string;
  #next = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
  }

  peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  take(kind?: Token['kind']): string {
    const token = this.peek();
    if (kind && token.kind !== kind) this.fail();
    this.#next += 1;
    return token.text;
  }

  /** Takes a sign or a word if it comes next. */
  accept(text: string): boolean {
    const token = this.peek();
    if (token.kind === 'value' || token.text.toUpperCase() !== text) return false;
    this.#next += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail();
  }

  fail(): never {
    throw new ValidationException(`unsupported at '${this.peek().text}': ${this.#expression}`);
  }
}

/** Words that name no attribute unless they are given as `#name`; those our rows come near to. */
const RESERVED = new Set(
  'STATE SEQUENCE TYPE GROUP REGION LANGUAGE SHARD RESULT STATUS DATE DAY MONTH YEAR NAME NAMES VALUE VALUES TIME TIMESTAMP TTL KEY KEYS COUNT COUNTER DATA ITEM ITEMS OWNER PERCENT PLAN POSITION ROLE ROLES RULE RULES SOURCE SECTION SIZE TEXT TOKEN TOTAL UUID VIEW ZONE'.split(
    ' ',
  ),
);

export function readPath(reader: Reader): (placeholders: Placeholders) => string {
  const text = reader.take('name');
  if (RESERVED.has(text.toUpperCase())) throw new ValidationException(`${text} is a reserved word`);
  const follows = reader.peek().text;
  if (follows === '.' || follows === '[') reader.fail();
  return (placeholders) => placeholders.name(text);
}

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
    // Every choice is looked at, so that each counts as used.
    return (item, placeholders) =>
      choices.map((choice) => sameValue(left(item, placeholders), choice(item, placeholders))).includes(true);
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
    // No short cut: a placeholder behind a part that decides is used all the same.
    return (item, placeholders) => {
      const results = parts.map((part) => part(item, placeholders));
      return word === 'AND' ? !results.includes(false) : results.includes(true);
    };
  };
}

const readAnd = readChain('AND', readNot);
const readOr: (reader: Reader) => Condition = readChain('OR', readAnd);

/** Parsed once for each text. */
export function remember<Parsed>(parse: (reader: Reader) => Parsed): (expression: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (expression) => {
    const found = known.get(expression);
    if (found) return found;
    const reader = new Reader(expression);
    const parsed = parse(reader);
    reader.take('end');
    known.set(expression, parsed);
    return parsed;
  };
}

export const conditionOf = remember(readOr);
