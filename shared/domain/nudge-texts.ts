/**
 * What a reminder says. It promises no sum and compels nobody: accident cover counts from the first day, the full death
 * benefit only after at least three months of membership, so going on before the end is worth more than a new start.
 * Days are named by date, never counted: a reminder may go out some days after it was due.
 */
import { addDays, type CivilDate, type CivilMonth, monthOf } from './dates.ts';
import type { Rupiah } from './money.ts';
import type { Language } from './worker.ts';

export interface NudgeFacts {
  readonly step: string;
  /** First day no longer covered; people read the last day. */
  readonly endDate: CivilDate;
  /** What the first month after the end costs. */
  readonly monthlyRupiah: Rupiah;
  /** A campaign's own first sentence, with `{lastDay}`, `{price}`, `{month}`; what follows it never changes. */
  readonly opening?: string | undefined;
  /** Where the worker pays for going on. */
  readonly payLink?: string | null;
}

/** The variables an opening may name. */
export const TEXT_VARIABLES = ['lastDay', 'price', 'month'] as const;

export interface NudgeWords {
  readonly lastDay: string;
  readonly price: string;
  readonly month: string;
  /** Null where the deployment has no address to pay under. */
  readonly payLink: string | null;
}

interface Phrases {
  readonly opening: Readonly<Record<string, (words: NudgeWords) => string>>;
  readonly benefit: string;
  readonly beforeEnd: (words: NudgeWords) => string;
  readonly afterEnd: (words: NudgeWords) => string;
  readonly pay: (link: string) => string;
  readonly free: string;
  readonly stop: string;
}

const MONTH_NAMES: Readonly<Record<Language, readonly string[]>> = {
  id: 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
};

/** `Rp16.800`: no space, dots between thousands, as Indonesian is written; the same in English text. */
export function formatRupiah(amount: Rupiah): string {
  const digits = String(Math.abs(amount)).replace(/\B(?=(\d{3})+$)/g, '.');
  return `${amount < 0 ? '-' : ''}Rp${digits}`;
}

/** `Maret 2027` */
export function formatMonth(month: CivilMonth, language: Language): string {
  return `${MONTH_NAMES[language][Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`;
}

/** `28 Februari 2027` */
export function formatDay(date: CivilDate, language: Language): string {
  return `${Number(date.slice(8, 10))} ${formatMonth(monthOf(date), language)}`;
}

const PHRASES: Readonly<Record<Language, Phrases>> = {
  id: {
    opening: {
      'T-30': ({ lastDay }) =>
        `Bapak/Ibu terlindungi BPJS Ketenagakerjaan berkat donasi, sampai dengan ${lastDay}. Setelah itu Bapak/Ibu dapat melanjutkan sendiri.`,
      'T-14': ({ lastDay }) =>
        `Perlindungan BPJS Ketenagakerjaan Bapak/Ibu dari donasi berlaku sampai dengan ${lastDay}.`,
      'T-7': ({ lastDay }) =>
        `Hari terakhir perlindungan BPJS Ketenagakerjaan Bapak/Ibu dari donasi sudah dekat: ${lastDay}.`,
      'T-1': ({ lastDay }) =>
        `Hari terakhir perlindungan BPJS Ketenagakerjaan Bapak/Ibu dari donasi adalah ${lastDay}. Hari ini masih dapat dilanjutkan tanpa terputus.`,
      'T+0': ({ lastDay }) => `Perlindungan BPJS Ketenagakerjaan Bapak/Ibu dari donasi berakhir pada ${lastDay}.`,
      'T+7': ({ lastDay }) =>
        `Perlindungan BPJS Ketenagakerjaan Bapak/Ibu berakhir pada ${lastDay} dan masih dapat dilanjutkan.`,
      'T+30': ({ lastDay }) =>
        `Sejak ${lastDay} perlindungan BPJS Ketenagakerjaan Bapak/Ibu berakhir. Kepesertaan masih dapat dilanjutkan.`,
      'T+60': ({ lastDay }) =>
        `Ini pengingat terakhir. Perlindungan BPJS Ketenagakerjaan Bapak/Ibu berakhir pada ${lastDay}; tiga bulan sesudahnya kepesertaan menjadi tidak aktif.`,
    },
    benefit:
      'Kecelakaan kerja (JKK) dilindungi sejak hari pertama. Santunan kematian (JKM) baru penuh setelah sedikitnya tiga bulan menjadi peserta',
    beforeEnd: ({ lastDay, price, month }) =>
      `, jadi melanjutkan sebelum ${lastDay} lewat lebih bernilai daripada mulai lagi nanti. Iuran lanjutan: ${price} per bulan (tarif ${month}), dibayar dengan NIK di kanal pembayaran BPJS Ketenagakerjaan.`,
    afterEnd: ({ price, month }) =>
      `, jadi melanjutkan sekarang lebih bernilai daripada mulai lagi nanti. Selama iuran belum dibayar, perlindungan tidak dapat dipastikan. Iuran: ${price} per bulan (tarif ${month}), dibayar dengan NIK di kanal pembayaran BPJS Ketenagakerjaan.`,
    pay: (link) => `Bayar dengan sekali ketuk: ${link}`,
    free: 'Melanjutkan adalah pilihan Bapak/Ibu sendiri.',
    stop: 'Balas BERHENTI bila tidak ingin menerima pesan ini lagi.',
  },
  en: {
    opening: {
      'T-30': ({ lastDay }) =>
        `Thanks to a donation you are covered by BPJS Ketenagakerjaan up to and including ${lastDay}. After that you can go on by yourself.`,
      'T-14': ({ lastDay }) => `Your donated BPJS Ketenagakerjaan cover runs up to and including ${lastDay}.`,
      'T-7': ({ lastDay }) => `The last day of your donated BPJS Ketenagakerjaan cover is near: ${lastDay}.`,
      'T-1': ({ lastDay }) =>
        `The last day of your donated BPJS Ketenagakerjaan cover is ${lastDay}. Today you can still go on without a gap.`,
      'T+0': ({ lastDay }) => `Your donated BPJS Ketenagakerjaan cover ended on ${lastDay}.`,
      'T+7': ({ lastDay }) => `Your BPJS Ketenagakerjaan cover ended on ${lastDay} and can still be continued.`,
      'T+30': ({ lastDay }) =>
        `Your BPJS Ketenagakerjaan cover ended on ${lastDay}. Your membership can still be continued.`,
      'T+60': ({ lastDay }) =>
        `This is the last reminder. Your BPJS Ketenagakerjaan cover ended on ${lastDay}; three months later the membership becomes inactive.`,
    },
    benefit:
      'Work accidents (JKK) are covered from the first day. The death benefit (JKM) is paid in full only after at least three months of membership',
    beforeEnd: ({ lastDay, price, month }) =>
      `, so going on before ${lastDay} has passed is worth more than starting again later. To go on: ${price} a month (tariff of ${month}), paid with your NIK at a BPJS Ketenagakerjaan payment channel.`,
    afterEnd: ({ price, month }) =>
      `, so going on now is worth more than starting again later. Until the contribution is paid, cover is not assured. The contribution: ${price} a month (tariff of ${month}), paid with your NIK at a BPJS Ketenagakerjaan payment channel.`,
    pay: (link) => `Pay in one tap: ${link}`,
    free: 'Going on is your own choice.',
    stop: 'Reply BERHENTI to stop these messages.',
  },
};

export function wordsOf({ endDate, monthlyRupiah, payLink = null }: NudgeFacts, language: Language): NudgeWords {
  return {
    lastDay: formatDay(addDays(endDate, -1), language),
    price: formatRupiah(monthlyRupiah),
    month: formatMonth(monthOf(endDate), language),
    payLink,
  };
}

/** The whole message of a step. */
export function nudgeText(facts: NudgeFacts, language: Language): string {
  return nudgeTextOf(facts, wordsOf(facts, language), language);
}

/** The same with these words in the places of what differs from person to person. */
export function nudgeTextOf(
  { step, opening: own }: Pick<NudgeFacts, 'step' | 'opening'>,
  words: NudgeWords,
  language: Language,
): string {
  const phrases = PHRASES[language];
  const before = step.startsWith('T-');
  // A step added to the policy before its own words exist is told in those of the end.
  const opening = phrases.opening[step] ?? (phrases.opening[before ? 'T-14' : 'T+0'] as (words: NudgeWords) => string);
  const lines = [
    `GN Lingkaran. ${own === undefined ? opening(words) : fillIn(own, words)}`,
    `${phrases.benefit}${before ? phrases.beforeEnd(words) : phrases.afterEnd(words)}`,
    ...(words.payLink === null ? [] : [phrases.pay(words.payLink)]),
    phrases.free,
    phrases.stop,
  ];
  return lines.join('\n');
}

function fillIn(template: string, words: NudgeWords): string {
  return TEXT_VARIABLES.reduce((text, name) => text.replaceAll(`{${name}}`, words[name]), template);
}
