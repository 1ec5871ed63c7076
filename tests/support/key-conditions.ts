/** Key conditions: one partition, and at most one condition on the sort key. */
import { type Placeholders, type Reader, readPath, remember, ValidationException } from './expressions.ts';

export interface KeyRange {
  readonly partition: string;
  readonly holds: (sort: string) => boolean;
  /** No sort key before this one can hold. */
  readonly from: string;
}

type KeyCondition = (hashName: string, sortName: string, placeholders: Placeholders) => KeyRange;

interface Part {
  readonly path: (placeholders: Placeholders) => string;
  readonly how: string;
  readonly value: string;
}

const SORT_CONDITIONS: Readonly<Record<string, (sort: string, value: string) => boolean>> = {
  '=': (sort, value) => sort === value,
  '<': (sort, value) => sort < value,
  '<=': (sort, value) => sort <= value,
  '>': (sort, value) => sort > value,
  '>=': (sort, value) => sort >= value,
  begins_with: (sort, value) => sort.startsWith(value),
};

function readPart(reader: Reader): Part {
  if (reader.accept('BEGINS_WITH')) {
    reader.expect('(');
    const path = readPath(reader);
    reader.expect(',');
    const value = reader.take('value');
    reader.expect(')');
    return { path, how: 'begins_with', value };
  }
  const path = readPath(reader);
  return { path, how: reader.take('sign'), value: reader.take('value') };
}

function textValue(placeholders: Placeholders, name: string): string {
  const value = placeholders.value(name);
  if (typeof value !== 'string') throw new ValidationException(`${name} is not the text a key is`);
  return value;
}

function readKeyCondition(reader: Reader): KeyCondition {
  const parts = [readPart(reader)];
  if (reader.accept('AND')) parts.push(readPart(reader));
  const [hash, sort] = parts as [Part, Part | undefined];
  const holds = sort && SORT_CONDITIONS[sort.how];
  if (hash.how !== '=' || (sort && !holds)) reader.fail();
  return (hashName, sortName, placeholders) => {
    if (hash.path(placeholders) !== hashName || (sort && sort.path(placeholders) !== sortName))
      throw new ValidationException(`not the keys ${hashName} and ${sortName}`);
    const partition = textValue(placeholders, hash.value);
    if (!sort || !holds) return { partition, holds: () => true, from: '' };
    const value = textValue(placeholders, sort.value);
    return { partition, holds: (text) => holds(text, value), from: sort.how.startsWith('<') ? '' : value };
  };
}

export const keyConditionOf = remember(readKeyCondition);
