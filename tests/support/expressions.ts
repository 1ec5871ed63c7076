/**
 * Reading DynamoDB's expressions, as far as the product writes them. Anything else is an error that names it, so a test
 * never passes on syntax that was not understood.
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

const MARKS = /[:#]\w+/g;
const marksOf = new Map<string, readonly string[]>();

function marksIn(expression: string): readonly string[] {
  const marks = marksOf.get(expression) ?? expression.match(MARKS) ?? [];
  marksOf.set(expression, marks);
  return marks;
}

/** The names and values that came with a request. */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, Value>>;

  constructor(names: Readonly<Record<string, string>> = {}, values: Readonly<Record<string, Value>> = {}) {
    this.#names = names;
    this.#values = values;
  }

  name(text: string): string {
    return text.startsWith('#') ? (this.value(text, this.#names) as string) : text;
  }

  value(text: string, given: Readonly<Record<string, Value>> = this.#values): Value {
    if (given[text] === undefined) throw new ValidationException(`${text} is not defined`);
    return given[text];
  }

  /** DynamoDB refuses a request that brings more than its expressions use. */
  assertAllUsed(...expressions: readonly (string | undefined)[]): void {
    const used = expressions.flatMap((expression) => (expression === undefined ? [] : marksIn(expression)));
    for (const given of [this.#names, this.#values])
      for (const [name, value] of Object.entries(given))
        if (value !== undefined && !used.includes(name)) throw new ValidationException(`${name} is not used`);
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

function readProjection(reader: Reader): (item: Item, placeholders: Placeholders) => Item {
  const paths = [readPath(reader)];
  while (reader.accept(',')) paths.push(readPath(reader));
  return (item, placeholders) => {
    const names = paths.map((path) => path(placeholders)).filter((name) => name in item);
    return Object.fromEntries(names.map((name) => [name, item[name]]));
  };
}

/** Of an item, the attributes asked for. */
export const projectionOf = remember(readProjection);
