/**
 * Runs a program that must not outlive the one who started it, `kill -9` included: standard input is a pipe from the
 * engine, and when that ends, so does the program. `node supervise.mjs <pid file> <program> [argument …]`
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [pidFile, program, ...programArguments] = process.argv.slice(2);
const child = spawn(program, programArguments, { stdio: ['ignore', 'ignore', 'inherit'] });
child.on('spawn', () => writeFileSync(pidFile, String(child.pid)));
child.on('error', (error) => {
  console.error(`${program}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));

process.stdin.resume();
process.stdin.on('end', () => child.kill('SIGKILL'));
process.stdin.on('error', () => child.kill('SIGKILL'));
