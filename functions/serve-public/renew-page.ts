/** `GET /renew/{token}` shows what covering the same workers again costs, `POST` makes the promise and leads to its bill. */
import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { countInWords, lastDaysInWords, SMALLEST_COUNT } from '../../shared/domain/digest.ts';
import { formatDay, formatMonth, formatRupiah } from '../../shared/domain/nudge-texts.ts';
import { dueDateOf, invoiceReferenceOf } from '../../shared/domain/pledge.ts';
import { reasonText } from '../../shared/domain/reasons.ts';
import type { Language } from '../../shared/domain/worker.ts';
import { Permanent } from '../../shared/errors.ts';
import type { Pledge } from '../../shared/store/pledges.ts';
import { languageOf, layout, missingPage, PRIVATE } from './pages.ts';
import { offerOf, type RenewalOffer, type RenewDependencies, renewGift } from './renew-gift.ts';

const TEXTS = {
  id: {
    title: 'Perpanjang perlindungan',
    opening: (workers: string) => `Donasi ini melindungi ${workers} pekerja yang dapat diperpanjang sekarang.`,
    ends: (days: string) => `Hari terakhir perlindungan mereka: ${days}. Perpanjangan menyambung tanpa terputus.`,
    lapsed: 'Masa perlindungan mereka sudah lewat; perpanjangan mulai saat pendaftaran diterima.',
    prices: (months: number) => `Harga memperpanjang semuanya selama ${months} bulan, dengan tarif hari ini`,
    month: 'Bulan',
    contribution: 'Iuran',
    total: 'Jumlah',
    widens: (day: string) =>
      `Bila seorang pekerja tidak dapat diperpanjang lagi, bagiannya menunggu sampai ${day} dan sesudah itu melindungi pekerja lain dengan tujuan yang sama.`,
    free: 'Memperpanjang adalah pilihan Bapak/Ibu sendiri. Tombol ini membuat tagihan; belum ada yang dibayar.',
    button: 'Buat tagihan',
  },
  en: {
    title: 'Renew cover',
    opening: (workers: string) => `This gift covers ${workers} workers who can be renewed now.`,
    ends: (days: string) => `Their last day of cover: ${days}. A renewal goes on from there without a gap.`,
    lapsed: 'Their cover has lapsed; a renewal starts when the registration is accepted.',
    prices: (months: number) => `Price of renewing all of them for ${months} months, at the tariff of today`,
    month: 'Month',
    contribution: 'Contribution',
    total: 'Total',
    widens: (day: string) =>
      `If a worker cannot be renewed any more, that part waits until ${day} and then protects other workers of the same purpose.`,
    free: 'Renewing is your own choice. This button makes an invoice; nothing is paid yet.',
    button: 'Make the invoice',
  },
} as const;

export function renewRoutes(app: Hono, dependencies: RenewDependencies): void {
  app.get('/renew/:token', async (context) => {
    const gift = await dependencies.readPledgeOfReceipt(context.req.param('token'));
    if (!gift) return missing(context);
    const offer = await offerOf(gift, dependencies);
    if (wantsJson(context)) return context.json(offerView(offer), 200, PRIVATE);
    return context.html(renewPage(offer, languageFor(context)), 200, PRIVATE);
  });
  app.post('/renew/:token', async (context) => {
    const gift = await dependencies.readPledgeOfReceipt(context.req.param('token'));
    if (!gift) return missing(context);
    const offer = await offerOf(gift, dependencies);
    if (wantsJson(context)) return context.json(renewalView(await renewGift(gift, offer, dependencies)), 201, PRIVATE);
    const language = languageFor(context);
    // Why not is on the page; after a reload of the bill nothing is promised twice.
    if (offer.workers === 0) return context.html(renewPage(offer, language), 409, PRIVATE);
    const { receiptToken } = await renewGift(gift, offer, dependencies);
    return context.body(null, 303, { ...PRIVATE, location: `/invoices/${receiptToken}?lang=${language}` });
  });
}

function languageFor(context: Context): Language {
  return languageOf(context.req.query('lang'));
}

function wantsJson(context: Context): boolean {
  return context.req.header('accept')?.includes('application/json') ?? false;
}

/** The same for a token we did not make and for one that leads nowhere. */
function missing(context: Context): Response | Promise<Response> {
  if (wantsJson(context)) throw new Permanent('not_found', { detail: 'there is no such link' });
  return context.html(missingPage(languageFor(context)), 404, PRIVATE);
}

/** Whoever has the link sees no number of people below five. */
function offerView({ workers, ...offer }: RenewalOffer) {
  return { workers: workers === 0 || workers >= SMALLEST_COUNT ? workers : null, ...offer };
}

function renewalView(pledge: Pledge) {
  const { orderReference, amountRupiah, receiptToken } = pledge;
  return {
    orderReference,
    invoiceReference: invoiceReferenceOf(orderReference),
    renewalOf: pledge.renewalOf,
    amountRupiah,
    dueDate: dueDateOf(pledge),
    receiptPath: `/d/${receiptToken}`,
    invoicePath: `/invoices/${receiptToken}`,
  };
}

function renewPage(offer: RenewalOffer, language: Language) {
  const texts = TEXTS[language];
  if (offer.workers === 0)
    return layout(language, texts.title, html`<p role="status">${reasonText('nothing_to_renew', language)}</p>`);
  const { ends, months, totalRupiah, termMonths, widensOn, workers } = offer;
  return layout(
    language,
    texts.title,
    html`<p role="status">${texts.opening(countInWords(workers, language))}
        ${ends ? texts.ends(lastDaysInWords(ends, language)) : texts.lapsed}</p>
      <table>
        <caption>${texts.prices(termMonths)}</caption>
        <thead><tr><th scope="col">${texts.month}</th><th scope="col">${texts.contribution}</th></tr></thead>
        <tbody>
          ${months.map(({ month, priceRupiah }) => html`<tr><th scope="row">${formatMonth(month, language)}</th><td class="amount">${formatRupiah(priceRupiah)}</td></tr>`)}
          <tr><th scope="row">${texts.total}</th><td class="amount">${formatRupiah(totalRupiah)}</td></tr>
        </tbody>
      </table>
      <p>${texts.widens(formatDay(widensOn, language))}</p>
      <form method="post"><p>${texts.free}</p><button type="submit">${texts.button}</button></form>`,
  );
}
