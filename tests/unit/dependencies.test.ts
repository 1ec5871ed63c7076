import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Rule {
  readonly says: string;
  readonly from: RegExp;
  readonly mustNot: (target: string, from: string) => boolean;
}

const RULES: readonly Rule[] = [
  {
    says: 'shared/domain knows only itself, the error classes and hashing',
    from: /^shared\/domain\//,
    mustNot: (target) => !/^(shared\/domain\/|shared\/errors\.ts$|node:crypto$)/.test(target),
  },
  {
    says: 'a gateway adapter calls nobody',
    from: /^shared\/gateways\//,
    mustNot: (target) => /^(shared\/(store|adapters|middleware)\/|functions\/|infra\/|tests\/|@aws-sdk\/)/.test(target),
  },
  {
    says: 'shared knows no function and no infrastructure',
    from: /^shared\//,
    mustNot: (target) => /^(functions|infra|tests)\//.test(target),
  },
  {
    says: 'functions know no infrastructure',
    from: /^functions\//,
    mustNot: (target) => /^(infra|tests)\//.test(target),
  },
  {
    says: 'a function folder never imports the wiring of another',
    from: /^functions\//,
    mustNot: (target, from) => target.endsWith('/handler.ts') && dirname(target) !== dirname(from),
  },
];

const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()['"]([^'"]+)['"]/g;

function importsOf(file: string): string[] {
  const text = readFileSync(resolve(root, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, specifier = '']) =>
    specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier,
  );
}

const files = globSync('{shared,functions}/**/*.ts', { cwd: root });

describe('dependencies point inwards', () => {
  it('looks at real files', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(RULES)('$says', ({ from, mustNot }) => {
    const broken = files
      .filter((file) => from.test(file))
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => mustNot(target, file));
    expect(broken).toEqual([]);
  });

  it('only the clock asks the machine for the time', () => {
    const asking = files.filter(
      (file) =>
        file !== 'shared/clock.ts' && /Date\.now\(|new Date\(\)/.test(readFileSync(resolve(root, file), 'utf8')),
    );
    expect(asking).toEqual([]);
  });
});
