/** The pages anybody can open: Indonesian first, English complete, readable without scripts, no person on them. */
import { html } from 'hono/html';
import type { CoverMonth } from '../../shared/domain/allocation.ts';
import type { CivilDate } from '../../shared/domain/dates.ts';
import { monthOf } from '../../shared/domain/dates.ts';
import type { Donation } from '../../shared/domain/donation.ts';
import { DEFAULT_PACKAGE, DEFAULT_TERM_MONTHS } from '../../shared/domain/fund.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { formatRupiah as formatAmount, formatMonth } from '../../shared/domain/nudge-texts.ts';
import { priceTerm, totalOf } from '../../shared/domain/tariff.ts';
import type { Language } from '../../shared/domain/worker.ts';

const TEXTS = {
  id: {
    title: 'Lingkaran',
    lead: 'Donasi Anda menjadi perlindungan kecelakaan kerja dan kematian bagi pekerja rentan, bulan demi bulan, sampai rupiah terakhir dapat ditelusuri.',
    price: 'Harga perlindungan tiga bulan mulai bulan ini',
    transport: 'Pengemudi ojek, kurir, pengemudi',
    other: 'Pekerjaan lain',
    gift: 'Donasi Anda',
    received: 'Diterima',
    fees: 'Biaya kanal pembayaran',
    refunded: 'Dikembalikan',
    allocated: 'Menjadi iuran pekerja',
    remaining: 'Menunggu pekerja berikutnya',
    months: 'Iuran yang dibayar donasi ini',
    month: 'Bulan',
    workers: 'Pekerja',
    amount: 'Jumlah',
    unpaid: 'Pembayaran belum kami terima. Halaman ini memperbarui sendiri setelah pembayaran tercatat.',
    missing: 'Halaman ini tidak ada.',
    other_language: 'English',
  },
  en: {
    title: 'Lingkaran',
    lead: 'Your gift becomes work-accident and death cover for vulnerable workers, month by month, and can be followed to the last rupiah.',
    price: 'Price of three months of cover from this month',
    transport: 'Motorcycle-taxi drivers, couriers, drivers',
    other: 'Other work',
    gift: 'Your gift',
    received: 'Received',
    fees: 'Payment channel fee',
    refunded: 'Returned',
    allocated: 'Became contributions',
    remaining: 'Waiting for the next worker',
    months: 'Contributions this gift paid',
    month: 'Month',
    workers: 'Workers',
    amount: 'Amount',
    unpaid: 'We have not received the payment yet. This page shows it once it is booked.',
    missing: 'There is no such page.',
    other_language: 'Bahasa Indonesia',
  },
} as const;

/** Of a page that only who has its link may see. */
export const PRIVATE = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };

export function languageOf(asked: string | undefined): Language {
  return asked === 'en' ? 'en' : 'id';
}

function formatRupiah(amount: number): string {
  return formatAmount(rupiah(amount));
}

export function layout(language: Language, heading: string, body: unknown) {
  const texts = TEXTS[language];
  const other = language === 'id' ? 'en' : 'id';
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${heading === texts.title ? heading : `${heading} · ${texts.title}`}</title>
        <style>
          body { font: 1.125rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
          table { border-collapse: collapse; width: 100%; }
          th, td { text-align: left; padding: 0.5rem; border-bottom: 1px solid #767676; }
          td.amount { text-align: right; font-variant-numeric: tabular-nums; }
          fieldset { border: 1px solid #767676; margin: 1rem 0; }
          label { display: block; padding: 0.5rem 0; min-height: 1.5rem; }
          button { font: inherit; padding: 0.75rem 1.5rem; color: #fff; background: #0a4b8c; border: 0; border-radius: 0.25rem; }
          a { color: #0a4b8c; display: inline-block; min-height: 1.5rem; }
        </style>
      </head>
      <body>
        <nav><a href="?lang=${other}" hreflang="${other}" lang="${other}">${texts.other_language}</a></nav>
        <main>
          <h1>${heading}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

export function frontPage(language: Language, today: CivilDate) {
  const texts = TEXTS[language];
  const price = (sector: 'transport' | 'non_transport') =>
    formatRupiah(totalOf(priceTerm(DEFAULT_PACKAGE, sector, monthOf(today), DEFAULT_TERM_MONTHS)));
  return layout(
    language,
    texts.title,
    html`<p>${texts.lead}</p>
      <table>
        <caption>${texts.price}</caption>
        <tbody>
          <tr><th scope="row">${texts.transport}</th><td class="amount">${price('transport')}</td></tr>
          <tr><th scope="row">${texts.other}</th><td class="amount">${price('non_transport')}</td></tr>
        </tbody>
      </table>`,
  );
}

export interface PaidMonth {
  readonly month: CoverMonth['month'];
  readonly workers: number;
  readonly amountRupiah: number;
}

export function proofPage(language: Language, donations: readonly Donation[], months: readonly PaidMonth[]) {
  const texts = TEXTS[language];
  if (donations.length === 0) return layout(language, texts.gift, html`<p role="status">${texts.unpaid}</p>`);
  const sum = (part: (donation: Donation) => number) =>
    formatRupiah(donations.reduce((total, each) => total + part(each), 0));
  const rows: [string, string][] = [
    [texts.received, sum((each) => each.receivedRupiah)],
    [texts.fees, sum((each) => each.feeRupiah)],
    [texts.refunded, sum((each) => each.refundedRupiah)],
    [texts.allocated, sum((each) => each.allocatedRupiah)],
    [texts.remaining, sum((each) => each.remainingRupiah)],
  ];
  return layout(
    language,
    texts.gift,
    html`<table>
        <tbody>
          ${rows.map(([name, amount]) => html`<tr><th scope="row">${name}</th><td class="amount">${amount}</td></tr>`)}
        </tbody>
      </table>
      <h2>${texts.months}</h2>
      <table>
        <thead><tr><th scope="col">${texts.month}</th><th scope="col">${texts.workers}</th><th scope="col">${texts.amount}</th></tr></thead>
        <tbody>
          ${months.map(({ month, workers, amountRupiah }) => html`<tr><th scope="row">${formatMonth(month, language)}</th><td class="amount">${workers}</td><td class="amount">${formatRupiah(amountRupiah)}</td></tr>`)}
        </tbody>
      </table>`,
  );
}

export function missingPage(language: Language) {
  return layout(language, TEXTS[language].missing, html``);
}
