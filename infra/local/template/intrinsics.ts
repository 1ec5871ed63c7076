/** Resolves the intrinsic functions of a template; one that is not known is an error that names it. */
import { attributeOf, refOf } from './attributes.ts';
import type { Place } from './place.ts';
import type { Template } from './template.ts';

export interface Intrinsics {
  resolve(value: unknown): unknown;
}

type Resolve = (argument: unknown) => unknown;

export function intrinsicsOf(template: Template, place: Place): Intrinsics {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': place.account,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/lingkaran/local`,
    'AWS::StackName': 'lingkaran',
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const self: Intrinsics = { resolve };

  function ref(name: string): unknown {
    if (name === 'AWS::NoValue') return undefined;
    if (name in pseudo) return pseudo[name];
    const resource = template.Resources[name];
    if (resource) return refOf({ logicalId: name, resource }, place, self);
    const parameter = template.Parameters?.[name];
    if (parameter) return parameter.Default;
    throw new Error(`the template refers to ${name}, which it does not define`);
  }

  function attribute(argument: unknown): unknown {
    const [logicalId = '', name = ''] =
      typeof argument === 'string' ? splitOnce(argument, '.') : (argument as [string, string]);
    const resource = template.Resources[logicalId];
    if (!resource) throw new Error(`the template refers to ${logicalId}, which it does not define`);
    return attributeOf({ logicalId, resource }, String(resolve(name)), place, self);
  }

  function substitute(argument: unknown): string {
    const [text, values] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Record<string, unknown>];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal, name) => {
      if (literal) return `\${${name}}`;
      if (name in values) return String(resolve(values[name]));
      return String(name.includes('.') ? attribute(name) : ref(name));
    });
  }

  const functions: Readonly<Record<string, Resolve>> = {
    Ref: (argument) => ref(argument as string),
    'Fn::GetAtt': attribute,
    'Fn::Sub': substitute,
    'Fn::Join': (argument) => {
      const [separator, parts] = argument as [string, unknown];
      return (resolve(parts) as unknown[]).join(separator);
    },
    'Fn::Select': (argument) => {
      const [index, list] = argument as [number | string, unknown];
      return (resolve(list) as unknown[])[Number(index)];
    },
    'Fn::Split': (argument) => {
      const [separator, text] = argument as [string, unknown];
      return String(resolve(text)).split(separator);
    },
    'Fn::Base64': (argument) => Buffer.from(String(resolve(argument))).toString('base64'),
    'Fn::GetAZs': () => [`${place.region}a`],
  };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [key = '', argument] = entries[0] ?? [];
    if (entries.length === 1 && (key === 'Ref' || key.startsWith('Fn::'))) {
      const apply = functions[key];
      if (!apply) throw new Error(`the embedded engine cannot resolve ${key}`);
      return apply(argument);
    }
    return Object.fromEntries(
      entries.map(([name, part]) => [name, resolve(part)]).filter(([, part]) => part !== undefined),
    );
  }

  return self;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
