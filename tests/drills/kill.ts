/** `npm run drill:kill -- [--moments 100] [--seed N]`: kills the whole system that often and compares every end. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { killDrill } from './support/kill-drill.ts';

const LARGEST_SEED = 2 ** 31;

const { moments, seed } = parseArgs({
  options: { moments: { type: 'string', default: '100' }, seed: { type: 'string' } },
}).values;
const began = performance.now();
const { kills, runs, different, undisturbed } = await killDrill({
  seed: seed === undefined ? randomInt(LARGEST_SEED) : Number(seed),
  moments: Number(moments),
  say: console.log,
});
for (const { ending } of different) console.log(JSON.stringify({ expected: undisturbed, found: ending }, null, 2));
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`killed ${kills} times in ${runs.length} runs: ${different.length} ended differently; ${seconds} s`);
process.exitCode = different.length === 0 && kills === Number(moments) && undisturbed.holds ? 0 : 1;
