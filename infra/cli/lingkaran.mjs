#!/usr/bin/env node
// The command line is TypeScript run without a build, which Node does by itself from 22.18. A machine's own Node may
// be older: then this file, plain JavaScript on purpose, starts itself again with the Node the project installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
const projectNode = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

function startAgain() {
  const self = fileURLToPath(import.meta.url);
  const child = spawn(projectNode, [self, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, LINGKARAN_RESTARTED: '1' },
  });
  // The terminal sends Ctrl-C to both; only the child answers it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (runsTypeScript) {
  await import('./main.ts');
} else if (existsSync(projectNode) && !process.env.LINGKARAN_RESTARTED) {
  startAgain();
} else {
  console.error(`lingkaran needs Node 22.18 or later; this is ${process.versions.node}. Run \`npm ci\` first.`);
  process.exit(1);
}
