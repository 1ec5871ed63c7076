/** The bill of a pledge: what was promised, what came, what is open. For whoever holds its link; no person on it. */
import { html } from 'hono/html';
import { donorLabel } from '../../shared/domain/donor.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { formatRupiah as formatAmount, formatDay } from '../../shared/domain/nudge-texts.ts';
import type { PledgeState } from '../../shared/domain/pledge.ts';
import type { Language } from '../../shared/domain/worker.ts';
import type { pledgeStanding } from '../../shared/store/pledge-standing.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { layout } from './pages.ts';

type Standing = Awaited<ReturnType<typeof pledgeStanding>>['standing'];

const TEXTS = {
  id: {
    title: 'Tagihan',
    reference: 'Nomor tagihan',
    order: 'Nomor pesanan (tulis pada pembayaran)',
    donor: 'Donatur',
    workers: 'Pekerja',
    unit: 'Harga per pekerja',
    promised: 'Dijanjikan',
    received: 'Diterima',
    outstanding: 'Belum dibayar',
    over: 'Lebih bayar',
    due: 'Harga berlaku sampai',
    late: 'Harga penawaran sudah lewat; pembayaran tetap dihitung, dengan tarif hari ini per pekerja',
    fund: 'Kelebihan menunggu pekerja berikutnya dengan tujuan yang sama.',
    refund: 'Kelebihan yang belum terpakai dapat dikembalikan.',
  },
  en: {
    title: 'Invoice',
    reference: 'Invoice',
    order: 'Order reference (put it on the payment)',
    donor: 'Donor',
    workers: 'Workers',
    unit: 'Price of one worker',
    promised: 'Promised',
    received: 'Received',
    outstanding: 'Outstanding',
    over: 'Overpaid',
    due: 'The price holds until',
    late: 'The quote has expired; payments still count, at the price of today for one worker',
    fund: 'What is over waits for the next worker of the same purpose.',
    refund: 'What is over and unspent can be sent back.',
  },
} as const;

const STATES: Readonly<Record<PledgeState, Readonly<Record<Language, string>>>> = {
  open: { id: 'Menunggu pembayaran', en: 'Awaiting payment' },
  partly_paid: { id: 'Dibayar sebagian', en: 'Partly paid' },
  paid: { id: 'Lunas', en: 'Paid' },
  overpaid: { id: 'Lunas, lebih bayar', en: 'Paid, and more' },
  expired: { id: 'Lewat waktu', en: 'Expired' },
};

export interface Invoice extends Standing {
  /** Who is billed, as far as anybody may see. */
  readonly donor: string;
}

export function invoiceOf(pledge: Pledge, standing: Standing, language: Language): Invoice {
  return { ...standing, donor: donorLabel(pledge, language) };
}

export function invoicePage(invoice: Invoice, language: Language) {
  const texts = TEXTS[language];
  const money = (amount: number) => formatAmount(rupiah(amount));
  const { workers, unitPriceRupiah, unitPriceTodayRupiah, overRupiah } = invoice;
  const rows: [string, string][] = [
    [texts.reference, invoice.invoiceReference],
    [texts.order, invoice.orderReference],
    [texts.donor, invoice.donor],
    ...(workers === null ? [] : ([[texts.workers, String(workers)]] as [string, string][])),
    ...(unitPriceRupiah === null ? [] : ([[texts.unit, money(unitPriceRupiah)]] as [string, string][])),
    [texts.promised, money(invoice.promisedRupiah)],
    [texts.received, money(invoice.receivedRupiah)],
    [texts.outstanding, money(invoice.outstandingRupiah)],
    ...(overRupiah === 0 ? [] : ([[texts.over, money(overRupiah)]] as [string, string][])),
    [texts.due, formatDay(invoice.dueDate, language)],
  ];
  const late =
    invoice.isExpired && unitPriceTodayRupiah !== null && invoice.outstandingRupiah > 0
      ? html`<p>${texts.late}: ${money(unitPriceTodayRupiah)}.</p>`
      : '';
  return layout(
    language,
    texts.title,
    html`<p role="status"><strong>${STATES[invoice.state][language]}</strong></p>
      <table>
        <tbody>
          ${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="amount">${value}</td></tr>`)}
        </tbody>
      </table>
      ${late} ${overRupiah > 0 ? html`<p>${texts[invoice.overpayment.decision]}</p>` : ''}`,
  );
}
