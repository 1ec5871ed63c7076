/** I1 to I9 once everything is settled. */

import { MAXIMUM_DONORS_PER_COVER } from '../../shared/domain/allocation.ts';
import { civilDateOf, type Instant } from '../../shared/domain/dates.ts';
import { type Candidate, firstMonthOf, fundAllows } from '../../shared/domain/fund.ts';
import { type Cohort, phasesOf } from '../../shared/domain/lifecycle.ts';
import { placeUnder } from '../../shared/domain/policy.ts';
import { priceTerm, publishedBy, totalOf } from '../../shared/domain/tariff.ts';
import type { Fund } from '../../shared/store/funds.ts';
import { nudgeIdOf } from '../../shared/store/nudges.ts';
import { candidateOf } from '../../shared/store/waiting.ts';
import type { Item } from '../support/expressions.ts';
import { differences, type Payments, paymentsOf } from './books.ts';
import { checkCovers } from './cover-checks.ts';
import { CONSUMED } from './deliveries.ts';
import type { Notice } from './payment.ts';
import type { Play } from './play.ts';
import { tariffOf } from './scenario.ts';
import { effectKeysOf, idsOf } from './senders/all.ts';
import type { World } from './world.ts';

async function proof({ watch, run }: Pick<World, 'watch' | 'run'>): Promise<void> {
  try {
    await run('proveLedger');
  } catch (error) {
    watch.violated('proof', (error as Error).message);
  }
}

/** Every acknowledged event has left its marker, and nothing else has. */
function markers({ watch, rows }: Bound, acknowledged: ReadonlySet<Notice>): void {
  const booked = new Set(rows('event').map(({ pk }) => String(pk).slice('EVENT#'.length)));
  for (const notice of acknowledged) {
    const keys = effectKeysOf(notice);
    if (keys.length > 0 && !keys.some((key) => booked.has(key)))
      watch.violated('I4', `acknowledged and never booked: ${keys[0]}`);
  }
}

/** Funds whose money is for certain people: it waits for them, and is looked at every day. */
function waitingForSomebody(rows: Bound['rows']): ReadonlySet<string> {
  const funds = rows('fund') as unknown as Fund[];
  const named = funds.filter(({ descriptor: { earmark } }) => earmark.workers || earmark.renewalOf);
  return new Set(named.map(({ fundId }) => fundId as string));
}

function leftOvers({ watch, rows, world }: Bound): void {
  for (const name of CONSUMED) {
    const { waiting, dead } = world.queues[name];
    const [message] = [...waiting, ...dead];
    if (message)
      watch.violated('I8', `left in ${name}: ${waiting.length} and ${dead.length} dead, ${message.body.slice(0, 300)}`);
  }
  // What a channel has not settled waits for its statement, not for us.
  const waiting = waitingForSomebody(rows);
  for (const row of world.all())
    if (row.dueKey && row.type !== 'settlement' && !waiting.has(row.fundId as string))
      watch.violated('I8', `still due: ${row.pk} ${row.dueSort}`);
  for (const { donationId, reattributeRupiah } of rows('donation'))
    if (reattributeRupiah !== 0) watch.violated('I2', `${donationId} has ${reattributeRupiah} to move for ever`);
  for (const { reason, detail } of rows('quarantine'))
    if (reason !== 'status_contradiction') watch.violated('I4', `in quarantine: ${reason} ${detail}`);
}

/** What a statement names is booked and settled, whether a notice came or not. */
function stated({ watch, rows, world }: Bound): void {
  const named = (all: Item[]) => new Set(all.map(({ gateway, paymentId }) => `${gateway} ${paymentId}`));
  const settled = named(rows('settlement').filter(({ dueKey }) => dueKey === undefined));
  const paid = named(rows('donation').filter(({ status }) => status === 'paid'));
  for (const payment of world.scenario.statements.flatMap(({ payments }) => payments)) {
    const names = idsOf(payment).map((id) => `${payment.sender} ${id}`);
    for (const [word, kept] of Object.entries({ settled, booked: paid }))
      if (!names.some((name) => kept.has(name)))
        watch.violated('I8', `named by a statement and not ${word}: ${names[0]}`);
  }
}

/** Whom a lie says to have paid has paid nothing. */
function lies({ watch, rows, world }: Bound): void {
  const unpaid = new Set(
    world.scenario.payments.filter(({ steps }) => steps.at(-1)?.kind === 'expired').map(({ id }) => id),
  );
  for (const { paymentId, status } of rows('donation'))
    if (unpaid.has(paymentId as string) && status === 'paid') watch.violated('I4', `${paymentId} never paid`);
}

const ENDED = new Set(['active', 'deceased', 'withdrawn', 'cancelled']);

/** Every month of a cover that runs, or ran until it ended early, was handed to the registrar (I8). */
function months({ watch, rows }: Bound): void {
  for (const { coverId, state, months: all, monthsPaid } of rows('cover')) {
    if (state === 'rejected') continue;
    if (!ENDED.has(state as string)) watch.violated('I8', `${coverId} is ${state}`);
    else if (monthsPaid !== (all as unknown[]).length)
      watch.violated('I8', `${coverId} has ${monthsPaid} of its months paid`);
  }
}

/** Reminders of pages that left some of theirs to a campaign. */
function passedOverIn(world: World, pages: ReadonlyMap<unknown, Item>): ReadonlySet<string> {
  const left = world.rows('nudge_page', 'reminders').filter(({ batchId }) => pages.get(batchId)?.passedOver);
  return new Set(
    left.flatMap(({ coverIds, endDate, sk }) =>
      (coverIds as string[]).map((coverId) => `${coverId} ${endDate} ${String(sk).split('#')[1]}`),
    ),
  );
}

function nudges({ watch, rows, world }: Bound): void {
  const named = ({ coverId, endDate, step }: Item) => `${coverId} ${endDate} ${step}`;
  const reminders = new Map(world.rows('nudge', 'reminders').map((row) => [named(row), row]));
  const batches = world.rows('nudge_batch', 'reminders');
  const pages = new Map(batches.map((row) => [row.batchId, row]));
  const passedOver = passedOverIn(world, pages);
  const cohorts = new Map(rows('cohort').map((row) => [row.cohortId, row as unknown as Cohort]));
  for (const { coverId, state, endDate, cohortId } of rows('cover')) {
    if (state !== 'active') continue;
    const steps = phasesOf(cohorts.get(cohortId) as Cohort).filter(({ kind }) => kind === 'nudge');
    for (const { name } of steps) {
      const reminder = reminders.get(`${coverId} ${endDate} ${name}`);
      if (!reminder && passedOver.has(`${coverId} ${endDate} ${name}`)) continue;
      if (!reminder) watch.violated('I7', `no reminder ${name} of ${coverId} and no reason`);
      else if (reminder.state === 'claimed') accounted(world, reminder, pages);
    }
  }
}

function accounted({ watch }: World, reminder: Item, pages: ReadonlyMap<unknown, Item>): void {
  const { coverId, endDate, step, channel, batchId } = reminder;
  const failed = pages.get(batchId)?.failed as Record<string, string> | undefined;
  const isSent = watch.sends.has(`${coverId} ${endDate} ${step} ${channel}`);
  const nudgeId = nudgeIdOf(reminder as never);
  const reason = failed?.[nudgeId];
  if (!failed) watch.violated('I7', `the page of ${step} of ${coverId} was never finished`);
  else if (isSent === (reason !== undefined) && !watch.denied.has(nudgeId))
    watch.violated('I7', `${step} of ${coverId}: sent ${isSent}, ${reason}`);
}

/** No fund keeps money that reaches the next in its line (I5: how much a gift buys does not depend on luck). */
function idleMoney({ watch, rows, world }: Bound): void {
  const today = civilDateOf(new Date(world.milliseconds).toISOString() as Instant);
  const { policy } = world.scenario;
  const place = ({ waitingSort }: Candidate) => placeUnder(policy, waitingSort as string);
  const tariff = publishedBy(tariffOf(world), today);
  const inLine = rows('worker')
    .filter(({ waitingKey }) => waitingKey !== undefined)
    .map(candidateOf)
    .filter(({ donatedTerms }) => donatedTerms < (policy.donatedTermsCap as number))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
  for (const fund of rows('fund') as unknown as Fund[]) {
    const { descriptor, fundId } = fund;
    // Those an earlier gift covered stand in no queue.
    if (descriptor.earmark.renewalOf || descriptor.fundClass === 'self') continue;
    const month = firstMonthOf(descriptor, today);
    const next = inLine.find((candidate) => fundAllows(descriptor, candidate, month));
    if (!next) continue;
    const price = totalOf(priceTerm(descriptor.package, next.sector, month, descriptor.termMonths, tariff));
    const left = rows('donation')
      .filter((row) => row.fundId === fundId)
      .map((row) => row.remainingRupiah as number);
    const reach = left.sort((a, b) => b - a).slice(0, MAXIMUM_DONORS_PER_COVER);
    const sum = reach.reduce((total, amount) => total + amount, 0);
    if (sum >= price) watch.violated('I5', `fund ${fundId} keeps ${sum}, the next in line costs ${price}`);
  }
}

function personalData({ watch, world }: Bound): void {
  for (const row of world.all()) watch.text(`row ${row.type}`, JSON.stringify(row));
}

interface Bound {
  readonly world: World;
  readonly watch: World['watch'];
  readonly rows: (type: string) => Item[];
}

export async function checkAll(world: World, { posts, rosters }: Play, calm: Payments): Promise<void> {
  const bound: Bound = { world, watch: world.watch, rows: (type) => world.rows(type) };
  await proof({ watch: world.watch, run: (name) => world.run(name) });
  for (const check of [leftOvers, stated, lies, months, nudges, idleMoney, personalData, checkCovers])
    await check(bound);
  await rosters.check();
  markers(bound, posts.acknowledged);
  for (const difference of differences(calm, paymentsOf(world))) world.watch.violated('I5', difference);
}
