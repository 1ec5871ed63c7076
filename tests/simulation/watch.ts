/** The cheap invariants, looked at after every single change of the tables. */

import type { Instant } from '../../shared/domain/dates.ts';
import type { CoverId } from '../../shared/domain/ids.ts';
import { dayIn, hourIn, zoneOf } from '../../shared/domain/zones.ts';
import type { Item } from '../support/expressions.ts';
import type { MemoryRows } from '../support/memory-rows.ts';
import { Barred } from './barred.ts';
import { PERSONAL } from './personal-data.ts';

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

interface Entry {
  readonly account: string;
  readonly amountRupiah: number;
}

const BALANCES = ['feeRupiah', 'refundedRupiah', 'allocatedRupiah', 'remainingRupiah', 'receivedRupiah'] as const;
/** What never came to be; a cover that ended early keeps the months it had. */
const UNDONE = new Set(['rejected']);
/** Written once and never again, whoever tries. */
const FOR_EVER = new Set(['event', 'ledger', 'nudge', 'registrar_places']);
/** Faults of the code: no fault of this world causes one of these. */
const MISTAKES = /"errorName":"(ValidationException|InvariantBroken|TypeError|ReferenceError|RangeError|SyntaxError)"/;
const MOST_VIOLATIONS = 20;

export class Watch {
  readonly violations: Violation[] = [];
  readonly balances = new Map<string, number>();
  /** Sends that took effect at the messenger, by cover, end date, step and channel. */
  readonly sends = new Map<string, number>();
  /** Reminders that the messenger took and then denied to know. */
  readonly denied = new Set<string>();
  /** Where people live, by phone. */
  readonly regionOf = new Map<string, string>();
  readonly #days = new Set<string>();
  readonly barred: Barred;
  readonly #workerMonths = new Map<string, string>();
  #isDirty = false;

  constructor(now: () => number) {
    this.barred = new Barred(now);
  }

  violated(invariant: string, detail: string): void {
    if (this.violations.length < MOST_VIOLATIONS) this.violations.push({ invariant, detail });
  }

  /** @param isVault people are at home there */
  watch(rows: MemoryRows, isVault: boolean): void {
    rows.onChange = (before, after) => {
      if (isVault) this.#sent(before, after);
      else this.#changed(before, after);
    };
  }

  /** Looks at what only whole transactions keep. */
  afterCall(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    for (const [account, balance] of this.balances)
      if (balance < 0 && account.startsWith('fund:')) this.violated('I1', `${account} is negative: ${balance}`);
  }

  text(where: string, text: string): void {
    if (PERSONAL.test(text)) this.violated('I9', `personal data in ${where}: ${text.slice(0, 200)}`);
  }

  logged(line: string, isError: boolean): void {
    this.text('a log line', line);
    if (isError && MISTAKES.test(line)) this.violated('handler', line.slice(0, 1_000));
  }

  /** By the clock of the person: between eight and eight, and one message a day. */
  #atHome({ to, sentAt }: Item, name: string): void {
    const zone = zoneOf(this.regionOf.get(to as string) ?? '');
    const hour = hourIn(zone, sentAt as Instant);
    if (hour < 8 || hour >= 20) this.violated('I7', `reminded at ${hour} o'clock: ${name}`);
    const day = `${to} ${dayIn(zone, sentAt as Instant)}`;
    if (this.#days.has(day)) this.violated('I7', `reminded twice in a day: ${name}`);
    this.#days.add(day);
  }

  #changed(before: Item | undefined, after: Item | undefined): void {
    const type = (after ?? before)?.type as string | undefined;
    if (before && (FOR_EVER.has(type ?? '') || (type === 'nudge_batch' && before.finishedAt)))
      this.violated('I4', `a ${type} row was written twice: ${before.pk} ${before.sk}`);
    if (after) this.barred.changed(before, after);
    if (type === 'ledger' && after) this.#booked(after);
    else if (type === 'donation' && after) this.#donation(after);
    else if (type === 'cover') this.#cover(before, after);
  }

  #booked({ entries, pk, sk }: Item): void {
    let sum = 0;
    for (const { account, amountRupiah } of entries as Entry[]) {
      sum += amountRupiah;
      this.balances.set(account, (this.balances.get(account) ?? 0) + amountRupiah);
    }
    if (sum !== 0) this.violated('I1', `${pk} ${sk} sums to ${sum}`);
    this.#isDirty = true;
  }

  #donation(row: Item): void {
    for (const part of BALANCES)
      if ((row[part] as number) < 0) this.violated('I1', `${row.donationId} has ${part} ${row[part]}`);
    const parts = BALANCES.slice(0, 4).reduce((sum, part) => sum + (row[part] as number), 0);
    if (parts !== row.receivedRupiah) this.violated('I2', `${row.donationId} does not add up`);
  }

  #cover(before: Item | undefined, after: Item | undefined): void {
    for (const row of [before, after]) {
      if (!row || UNDONE.has(row.state as string)) continue;
      for (const { month } of row.months as { month: string }[]) {
        const key = `${row.workerId} ${month}`;
        const payer = this.#workerMonths.get(key);
        if (row === before) this.#workerMonths.delete(key);
        else if (payer) this.violated('I3', `${key} is paid by ${payer} and ${row.coverId}`);
        else this.#workerMonths.set(key, row.coverId as string);
      }
    }
  }

  #sent(before: Item | undefined, after: Item | undefined): void {
    if (after?.pk !== 'OUTBOX' && before?.pk !== 'OUTBOX') return;
    const { coverId, endDate, step, channel } = (after ?? before) as Item;
    const name = `${coverId} ${endDate} ${step} ${channel}`;
    this.sends.set(name, (this.sends.get(name) ?? 0) + 1);
    const whyNot = after && this.barred.whyNot(coverId as CoverId, after.to as string);
    if (whyNot) this.violated('I7', `reminded ${whyNot}: ${name}`);
    if (after) this.#atHome(after, name);
    if ((this.sends.get(name) ?? 0) > 1) this.violated('I7', `sent twice: ${name}`);
  }
}
