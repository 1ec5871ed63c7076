/**
 * What a donor is told before cover ends: one message for all workers of a month, once for ever, with the price of going
 * on. Nobody is named, and no number below `SMALLEST_COUNT` is.
 */
import { addDays, type CivilDate, type CivilMonth, firstDayOf, monthOf } from './dates.ts';
import type { DonorId } from './donor.ts';
import { digest } from './ids.ts';
import { addRupiah, type Rupiah, rupiah } from './money.ts';
import { formatDay, formatMonth, formatRupiah } from './nudge-texts.ts';
import { type PricedMonth, totalOf } from './tariff.ts';
import type { Language } from './worker.ts';

declare const digestBrand: unique symbol;
export type DigestId = string & { readonly [digestBrand]: true };

/** So many days before the month in which cover ends a donor is told. */
export const DIGEST_DAYS = 30;
/** Of fewer people no number is given: small groups make a person known. */
export const SMALLEST_COUNT = 5;

/** Our name for a digest towards the provider: the same donor and month are the same digest. */
export function digestIdOf(donorId: DonorId, endMonth: CivilMonth): DigestId {
  return `dgs_${digest(`${donorId}#${endMonth}`)}` as DigestId;
}

/** The month of the last day of cover; `endDate` is the first day no longer covered. */
export function endMonthOf(endDate: CivilDate): CivilMonth {
  return monthOf(addDays(endDate, -1));
}

/** The time of a month's digests has come. */
export function hasBegun(endMonth: CivilMonth, today: CivilDate): boolean {
  return addDays(firstDayOf(endMonth), -DIGEST_DAYS) <= today;
}

/** The month has passed: who was not told by then is not told any more. */
export function hasPassed(endMonth: CivilMonth, today: CivilDate): boolean {
  return monthOf(today) > endMonth;
}

/** The link under which those whom one pledge covered are renewed, and how many they are. */
export interface RenewalLink {
  readonly orderReference: string;
  readonly workers: number;
}

export interface DigestFacts {
  readonly workers: number;
  /** The first and the last end of their covers: days no longer covered. */
  readonly firstEnd: CivilDate;
  readonly lastEnd: CivilDate;
  /** What renewing all of them for the same terms costs, at the tariff in force on the day of the digest. */
  readonly months: readonly PricedMonth[];
  readonly links: readonly RenewalLink[];
  /** Covered by gifts that no pledge stands behind. */
  readonly workersWithoutPledge: number;
}

/** One cover that ends, as one of its donors sees it. */
export interface EndingCover {
  readonly endDate: CivilDate;
  /** Of the cover that would renew it. */
  readonly months: readonly PricedMonth[];
  /** Of the pledges of this donor that paid for it; none where a gift without a pledge did. */
  readonly orderReferences: readonly string[];
}

/** The facts of one donor and month, cover by cover in any order. */
export class DigestTally {
  #workers = 0;
  #workersWithoutPledge = 0;
  #firstEnd: CivilDate | undefined;
  #lastEnd: CivilDate | undefined;
  readonly #months = new Map<CivilMonth, Rupiah>();
  readonly #links = new Map<string, number>();

  take({ endDate, months, orderReferences }: EndingCover): void {
    this.#workers += 1;
    if (orderReferences.length === 0) this.#workersWithoutPledge += 1;
    for (const reference of orderReferences) this.#links.set(reference, (this.#links.get(reference) ?? 0) + 1);
    if (this.#firstEnd === undefined || endDate < this.#firstEnd) this.#firstEnd = endDate;
    if (this.#lastEnd === undefined || endDate > this.#lastEnd) this.#lastEnd = endDate;
    for (const { month, priceRupiah } of months)
      this.#months.set(month, addRupiah(this.#months.get(month) ?? rupiah(0), priceRupiah));
  }

  /** @returns null where no cover was taken */
  facts(): DigestFacts | null {
    if (this.#firstEnd === undefined || this.#lastEnd === undefined) return null;
    const months = [...this.#months].map(([month, priceRupiah]) => ({ month, priceRupiah }));
    const links = [...this.#links].map(([orderReference, workers]) => ({ orderReference, workers }));
    return {
      workers: this.#workers,
      firstEnd: this.#firstEnd,
      lastEnd: this.#lastEnd,
      months: months.sort((a, b) => (a.month < b.month ? -1 : 1)),
      links: links.sort((a, b) => b.workers - a.workers || (a.orderReference < b.orderReference ? -1 : 1)),
      workersWithoutPledge: this.#workersWithoutPledge,
    };
  }
}

const FEWER: Readonly<Record<Language, string>> = { id: 'kurang dari lima', en: 'fewer than five' };

/** `12`, or `fewer than five`. */
export function countInWords(workers: number, language: Language): string {
  return workers < SMALLEST_COUNT ? FEWER[language] : String(workers);
}

/** `1 Maret 2027`, or the first and the last of several last days of cover. */
export function lastDaysInWords({ firstEnd, lastEnd }: Pick<DigestFacts, 'firstEnd' | 'lastEnd'>, language: Language) {
  const [first, last] = [firstEnd, lastEnd].map((end) => formatDay(addDays(end, -1), language));
  if (first === last) return first as string;
  return language === 'id' ? `antara ${first} dan ${last}` : `between ${first} and ${last}`;
}

/** Where one of the links leads. */
export interface DigestAddress {
  readonly url: string;
  readonly workers: number;
}

export interface DigestMessage {
  readonly subject: string;
  readonly text: string;
}

interface Phrases {
  readonly subject: (month: string) => string;
  readonly opening: (workers: string, lastDays: string) => string;
  readonly price: string;
  readonly total: (amount: string) => string;
  readonly link: (workers: string, url: string) => string;
  readonly withoutPledge: (workers: string) => string;
  readonly closing: string;
}

const PHRASES: Readonly<Record<Language, Phrases>> = {
  id: {
    subject: (month) => `Perlindungan pekerja dari donasi Bapak/Ibu berakhir pada ${month}`,
    opening: (workers, lastDays) =>
      `Donasi Bapak/Ibu melindungi ${workers} pekerja yang hari terakhir perlindungannya ${lastDays}.`,
    price: 'Memperpanjang semuanya untuk masa yang sama (tarif yang berlaku hari ini):',
    total: (amount) => `Jumlah: ${amount}`,
    link: (workers, url) => `Perpanjang ${workers} pekerja: ${url}`,
    withoutPledge: (workers) =>
      `Untuk ${workers} pekerja dari donasi tanpa tagihan: berdonasilah lagi lewat kanal yang sama; donasi baru juga meneruskan perlindungan yang akan berakhir.`,
    closing:
      'Memperpanjang adalah pilihan Bapak/Ibu sendiri; pekerja juga diingatkan bahwa mereka dapat melanjutkan sendiri. Ringkasan ini dikirim satu kali untuk setiap bulan.',
  },
  en: {
    subject: (month) => `Cover from your gift ends in ${month}`,
    opening: (workers, lastDays) => `Your gift covers ${workers} workers whose last day of cover is ${lastDays}.`,
    price: 'To renew all of them for the same term (at the tariff in force today):',
    total: (amount) => `Total: ${amount}`,
    link: (workers, url) => `Renew ${workers} workers: ${url}`,
    withoutPledge: (workers) =>
      `For ${workers} workers covered by gifts without an invoice: give again through the same channel; new gifts also continue cover that is about to end.`,
    closing:
      'Renewing is your own choice; the workers are also reminded that they can go on by themselves. This summary is sent once for each month.',
  },
};

/** One line for each month: `Maret 2027: Rp201.600`. */
export function priceLines(months: readonly PricedMonth[], language: Language): string[] {
  return months.map(({ month, priceRupiah }) => `${formatMonth(month, language)}: ${formatRupiah(priceRupiah)}`);
}

/** The whole message. @param addresses of the links of the facts, in their order */
export function digestMessage(
  facts: DigestFacts,
  endMonth: CivilMonth,
  addresses: readonly DigestAddress[],
  language: Language,
): DigestMessage {
  const phrases = PHRASES[language];
  const count = (workers: number) => countInWords(workers, language);
  const lines = [
    `GN Lingkaran. ${phrases.opening(count(facts.workers), lastDaysInWords(facts, language))}`,
    '',
    phrases.price,
    ...priceLines(facts.months, language).map((line) => `- ${line}`),
    phrases.total(formatRupiah(totalOf(facts.months))),
    '',
    ...addresses.map(({ workers, url }) => phrases.link(count(workers), url)),
    ...(facts.workersWithoutPledge > 0 ? [phrases.withoutPledge(count(facts.workersWithoutPledge))] : []),
    '',
    phrases.closing,
  ];
  return { subject: phrases.subject(formatMonth(endMonth, language)), text: lines.join('\n') };
}
