/**
 * (c) How fast webhooks are acknowledged at 100 a second, and at the highest rate that is held. The whole engine, with
 * everything behind the door at work, is one process beside this one; every webhook leaves when it is due, whether or
 * not those before it were answered, and its time counts from then. Over loopback.
 */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { countPaidDonations } from '../../acceptance/support/data-folder.ts';
import { type System, startSystem } from '../../acceptance/support/system.ts';
import { type Figure, type PartOptions, quantile, scaled } from '../figures.ts';
import { midtransNotification, TERM_RUPIAH } from '../support/gifts.ts';
import { post } from '../support/post.ts';

const RATE = 100;
const SECONDS = 60;
const PROBE_SECONDS = 8;
const PROBE_RATES = [200, 300, 400, 500, 600, 800, 1_000];
const LIMIT_MILLISECONDS = 250;

interface Burst {
  readonly sent: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

async function burst({ url }: System, rate: number, seconds: number, atMilliseconds: number): Promise<Burst> {
  const agent = new Agent({ keepAlive: true });
  const notifications = Array.from({ length: Math.round(rate * seconds) }, () =>
    midtransNotification(TERM_RUPIAH, atMilliseconds),
  );
  const times: number[] = [];
  let refused = 0;
  const started = performance.now();
  const answers: Promise<void>[] = [];
  for (const [index, notification] of notifications.entries()) {
    const due = started + (index * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    answers.push(
      post(agent, url, notification).then((status) => {
        if (status === 200) times.push(performance.now() - due);
        else refused += 1;
      }),
    );
  }
  await Promise.all(answers);
  agent.destroy();
  times.sort((left, right) => left - right);
  return { sent: notifications.length, refused, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

const isHeld = ({ refused, p99 }: Burst) => refused === 0 && p99 <= LIMIT_MILLISECONDS;

/** Goes up until a rate is not held, and then runs the last that was for as long as the first. */
async function highest(system: System, at: number, seconds: number, probeSeconds: number) {
  let rate = RATE;
  const bursts: Burst[] = [];
  for (const next of PROBE_RATES) {
    const probe = await burst(system, next, probeSeconds, at);
    bursts.push(probe);
    await drained(system);
    if (!isHeld(probe)) break;
    rate = next;
  }
  for (; ; rate = PROBE_RATES.filter((each) => each < rate).at(-1) ?? RATE) {
    const held = await burst(system, rate, seconds, at);
    bursts.push(held);
    await drained(system);
    if (isHeld(held) || rate === RATE) return { rate, held, bursts };
  }
}

/** The engine's own word for it waits on one answer as long as it takes; a client does not, so it asks again. */
async function drained(system: System): Promise<void> {
  for (;;) {
    const busy = (await system.queues()).some(({ ready, inFlight }) => ready + inFlight > 0);
    if (!busy) return;
    await sleep(500);
  }
}

export async function run({ scale }: PartOptions): Promise<Figure[]> {
  const system = await startSystem();
  try {
    const at = await system.nowMilliseconds();
    const seconds = scaled(SECONDS, scale, 3);
    await burst(system, 20, 2, at);
    await drained(system);
    const before = await countPaidDonations(system);
    const first = await burst(system, RATE, seconds, at);
    await drained(system);
    const { rate, held, bursts } = await highest(system, at, seconds, scaled(PROBE_SECONDS, scale, 2));
    const all = [first, ...bursts];
    const acknowledged = all.reduce((sum, { sent, refused }) => sum + sent - refused, 0);
    const lost = acknowledged - ((await countPaidDonations(system)) - before);
    const note = `${first.sent} webhooks in ${seconds} s; booking and allocating go on in the same process`;
    return [
      { name: `p50 at ${RATE}/s`, value: first.p50, unit: 'ms' },
      { name: `p99 at ${RATE}/s`, value: first.p99, unit: 'ms', atMost: LIMIT_MILLISECONDS, note },
      { name: `not acknowledged at ${RATE}/s`, value: first.refused, unit: 'webhooks', atMost: 0 },
      { name: `highest rate held for ${seconds} s`, value: rate, unit: '/s', note: `p99 <= 250 ms, none refused` },
      { name: `p50 at ${rate}/s`, value: held.p50, unit: 'ms' },
      { name: `p99 at ${rate}/s`, value: held.p99, unit: 'ms' },
      { name: `acknowledged but not booked, of ${acknowledged}`, value: lost, unit: 'webhooks', atMost: 0 },
    ];
  } finally {
    await system.stop();
  }
}
