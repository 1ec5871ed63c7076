/** The small system in a process of its own, so that it can be killed: `node run.ts <data folder>`. */
import { join } from 'node:path';
import { readyLine, startEngine } from '../../../../infra/local/engine.ts';
import { SMALL_TEMPLATE } from './template.ts';

const engine = await startEngine(
  { data: process.argv[2] ?? '', port: 0, speed: 0, startMilliseconds: Date.parse('2026-12-01T08:00:00+07:00') },
  { template: () => SMALL_TEMPLATE, functionsFolder: join(import.meta.dirname, 'functions') },
);
console.log(readyLine(engine));
process.on('SIGTERM', () => engine.stop().then(() => process.exit(0)));
