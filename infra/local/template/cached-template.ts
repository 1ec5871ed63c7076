/** The template of this repository, synthesized again only when what it is made from has changed. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from '../../../shared/settings.ts';
import type { Template } from './template.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CACHE = join(ROOT, 'node_modules/.cache/lingkaran');
const SOURCES = ['infra/*.ts', 'infra/constructs/**/*.ts', 'shared/**/*.ts', 'package-lock.json'];

export async function repositoryTemplate(settings: Settings): Promise<Template> {
  const file = join(CACHE, `template-${fingerprint(settings)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Template;
  const { synthesize } = await import('../../synthesize.ts');
  const template = synthesize({ stage: 'local', settings });
  keep(file, template);
  return template;
}

function fingerprint(settings: Settings): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of globSync(SOURCES, { cwd: ROOT }).sort()) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 32);
}

/** A machine that cannot keep it synthesizes each time. */
function keep(file: string, template: Template): void {
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(template));
    renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    if (!/EACCES|EROFS|EPERM|ENOENT/.test(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
