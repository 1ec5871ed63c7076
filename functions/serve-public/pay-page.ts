/** The page where a worker goes on: until when cover runs, what each month costs, and how to pay. It names nobody. */
import { html } from 'hono/html';
import { type Cover, graceEndOf } from '../../shared/domain/cover.ts';
import { addDays, type CivilDate, civilDateOf, formatWib, type Instant } from '../../shared/domain/dates.ts';
import { rupiah } from '../../shared/domain/money.ts';
import { formatRupiah as formatAmount, formatDay, formatMonth } from '../../shared/domain/nudge-texts.ts';
import { type ReasonCode, reasonText } from '../../shared/domain/reasons.ts';
import type { SelfPayOffer } from '../../shared/domain/self-payment.ts';
import type { Language } from '../../shared/domain/worker.ts';
import type { PaymentMethod } from '../../shared/ports/payment-request.ts';
import type { StoredOrder } from '../../shared/store/self-payments.ts';
import { layout } from './pages.ts';
import type { PayView } from './pay.ts';

const TEXTS = {
  id: {
    title: 'Lanjutkan perlindungan',
    running: (lastDay: string) =>
      `Perlindungan BPJS Ketenagakerjaan Anda berlaku sampai dengan ${lastDay}. Yang Anda bayar di sini menyambung tanpa terputus.`,
    grace: (lastDay: string, until: string) =>
      `Perlindungan BPJS Ketenagakerjaan Anda berakhir pada ${lastDay}. Sampai dengan ${until} masih dapat disambung sejak hari itu; selama iuran belum dibayar, perlindungan tidak dapat dipastikan.`,
    lapsed: (lastDay: string) =>
      `Perlindungan BPJS Ketenagakerjaan Anda berakhir pada ${lastDay} dan kepesertaan tidak aktif lagi. Yang Anda bayar di sini memulainya kembali, sejak pendaftaran diterima.`,
    benefit:
      'Kecelakaan kerja (JKK) dilindungi sejak hari pertama. Santunan kematian (JKM) baru penuh setelah sedikitnya tiga bulan menjadi peserta. Melanjutkan adalah pilihan Anda sendiri.',
    prices: 'Iuran tiap bulan',
    month: 'Bulan',
    contribution: 'Iuran',
    total: 'Jumlah sampai bulan ini',
    howMany: 'Berapa bulan?',
    months: (count: number) => `${count} bulan`,
    credit: (credit: string, due: string) => `sudah masuk ${credit}, kurang ${due}`,
    enough: (credit: string) => `sudah masuk ${credit}, cukup`,
    via: 'Lewat mana?',
    way: 'Lewat',
    ask: 'Minta nomor pembayaran',
    order: 'Buat pesanan',
    openOrders: 'Menunggu pembayaran Anda',
    reference: 'Nomor pesanan',
    underReference: 'Tulis nomor pesanan ini pada pembayaran Anda.',
    again: 'Nomor pembayaran belum tersedia. Tekan tombol sekali lagi sebentar lagi; pesanan ini tetap berlaku.',
    amount: 'Jumlah',
    account: 'Nomor virtual account',
    biller: 'Kode perusahaan',
    link: 'Buka kode QRIS',
    until: 'Bayar sampai',
    lateCounts: 'Pembayaran yang datang terlambat tetap dihitung, dengan tarif pada hari itu.',
    refused: 'Saat ini Anda tidak perlu membayar.',
    coveredUntil: 'Terlindungi sampai dengan',
    payableFrom: 'Dapat dibayar lagi mulai',
    waiting: 'Sudah Anda bayar dan belum terpakai',
  },
  en: {
    title: 'Continue your cover',
    running: (lastDay: string) =>
      `Your BPJS Ketenagakerjaan cover runs up to and including ${lastDay}. What you pay here goes on from there without a gap.`,
    grace: (lastDay: string, until: string) =>
      `Your BPJS Ketenagakerjaan cover ended on ${lastDay}. Up to and including ${until} it can still be continued from that day; until the contribution is paid, cover is not assured.`,
    lapsed: (lastDay: string) =>
      `Your BPJS Ketenagakerjaan cover ended on ${lastDay} and the membership is no longer active. What you pay here starts it again, from the day the registration is accepted.`,
    benefit:
      'Work accidents (JKK) are covered from the first day. The death benefit (JKM) is paid in full only after at least three months of membership. Going on is your own choice.',
    prices: 'Contribution of each month',
    month: 'Month',
    contribution: 'Contribution',
    total: 'Total up to this month',
    howMany: 'How many months?',
    months: (count: number) => (count === 1 ? '1 month' : `${count} months`),
    credit: (credit: string, due: string) => `${credit} received, ${due} missing`,
    enough: (credit: string) => `${credit} received, which is enough`,
    via: 'How do you pay?',
    way: 'By',
    ask: 'Get a payment number',
    order: 'Make the order',
    openOrders: 'Waiting for your payment',
    reference: 'Order reference',
    underReference: 'Put this order reference on your payment.',
    again: 'There is no payment number yet. Press the button again in a moment; this order stands.',
    amount: 'Amount',
    account: 'Virtual account number',
    biller: 'Company code',
    link: 'Open the QRIS code',
    until: 'Pay until',
    lateCounts: 'A payment that comes late still counts, at the tariff of that day.',
    refused: 'There is nothing to pay right now.',
    coveredUntil: 'Covered up to and including',
    payableFrom: 'Can be paid again from',
    waiting: 'Paid by you and not used yet',
  },
} as const;

const METHOD_NAMES: Readonly<Record<PaymentMethod, string>> = {
  bri: 'Virtual account BRI',
  bni: 'Virtual account BNI',
  bca: 'Virtual account BCA',
  mandiri: 'Mandiri Bill Payment',
  permata: 'Virtual account Permata',
  cimb: 'Virtual account CIMB Niaga',
  qris: 'QRIS',
};

type Texts = (typeof TEXTS)[Language];
type Markup = ReturnType<typeof html>;

const money = (amount: number) => formatAmount(rupiah(amount));
const lastDayOf = (endDate: CivilDate, language: Language) => formatDay(addDays(endDate, -1), language);

export function payPage(view: PayView, language: Language) {
  const texts = TEXTS[language];
  const { refusal, cover } = view;
  const body = refusal || !cover ? refusedBody(view, language) : payableBody(view, cover, language);
  return layout(language, texts.title, body);
}

function rows(facts: readonly (readonly [string, string | Markup])[]): Markup {
  return html`<table>
    <tbody>
      ${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="amount">${value}</td></tr>`)}
    </tbody>
  </table>`;
}

function refusedBody({ refusal, waitingRupiah }: PayView, language: Language): Markup {
  const texts = TEXTS[language];
  const { reason, coveredUntil, payableFrom } = refusal ?? { reason: 'not_found' as ReasonCode };
  const facts: [string, string][] = [
    ...(coveredUntil ? [[texts.coveredUntil, lastDayOf(coveredUntil, language)] as [string, string]] : []),
    ...(payableFrom ? [[texts.payableFrom, formatDay(payableFrom, language)] as [string, string]] : []),
    ...(waitingRupiah > 0 ? [[texts.waiting, money(waitingRupiah)] as [string, string]] : []),
  ];
  return html`<p role="status"><strong>${reasonText(reason, language)}</strong> ${texts.refused}</p>
    ${facts.length > 0 ? rows(facts) : ''}`;
}

function payableBody(view: PayView, cover: Cover, language: Language): Markup {
  const texts = TEXTS[language];
  return html`<p role="status">${standing(view, cover, language)}</p>
    <p>${texts.benefit}</p>
    ${view.openOrders.length > 0 ? html`<h2>${texts.openOrders}</h2>` : ''}
    ${view.openOrders.map((order) => openOrder(order, view.methods.length > 0, language))}
    ${form(view, language)} ${monthlyPrices(view.offers, language)}
    <p>${texts.lateCounts}</p>`;
}

function standing({ from, today }: PayView, cover: Cover, language: Language): string {
  const texts = TEXTS[language];
  const { startDate, endDate, months, anchorDay } = cover;
  if (!startDate || !endDate) return texts.benefit;
  const lastDay = lastDayOf(endDate, language);
  if (!from) return texts.lapsed(lastDay);
  if (today < endDate) return texts.running(lastDay);
  return texts.grace(lastDay, lastDayOf(graceEndOf(startDate, months.length, anchorDay), language));
}

/** The longest period holds the months of all others. */
function monthlyPrices(offers: readonly SelfPayOffer[], language: Language): Markup {
  const texts = TEXTS[language];
  let total = 0;
  const lines = (offers.at(-1)?.months ?? []).map(({ month, priceRupiah }) => {
    total += priceRupiah;
    return html`<tr><th scope="row">${formatMonth(month, language)}</th><td class="amount">${money(priceRupiah)}</td><td class="amount">${money(total)}</td></tr>`;
  });
  return html`<table>
    <caption>${texts.prices}</caption>
    <thead><tr><th scope="col">${texts.month}</th><th scope="col">${texts.contribution}</th><th scope="col">${texts.total}</th></tr></thead>
    <tbody>${lines}</tbody>
  </table>`;
}

function form({ offers, methods }: PayView, language: Language): Markup {
  const texts = TEXTS[language];
  const first = offers.find(({ refusal }) => !refusal);
  return html`<form method="post">
    <fieldset>
      <legend>${texts.howMany}</legend>
      ${offers.map((offer) => choice(offer, offer === first, language))}
    </fieldset>
    ${methods.length > 0 ? methodChoice(methods, texts) : ''}
    ${first ? html`<button type="submit">${methods.length > 0 ? texts.ask : texts.order}</button>` : ''}
  </form>`;
}

function choice(offer: SelfPayOffer, isFirst: boolean, language: Language): Markup {
  const texts = TEXTS[language];
  const { termMonths, months, priceRupiah, creditRupiah, dueRupiah, refusal } = offer;
  const span = [months[0], months.at(-1)].flatMap((each) => (each ? [formatMonth(each.month, language)] : []));
  const missing =
    dueRupiah > 0 ? texts.credit(money(creditRupiah), money(dueRupiah)) : texts.enough(money(creditRupiah));
  const credit = creditRupiah > 0 ? ` (${missing})` : '';
  const text = `${texts.months(termMonths)}, ${[...new Set(span)].join(' – ')}: ${money(priceRupiah)}${credit}`;
  if (refusal) return html`<p>${text}. ${reasonText(refusal, language)}</p>`;
  return html`<label><input type="radio" name="months" value="${termMonths}" required ${isFirst ? 'checked' : ''} /> ${text}</label>`;
}

function methodChoice(methods: readonly PaymentMethod[], texts: Texts): Markup {
  return html`<fieldset>
    <legend>${texts.via}</legend>
    ${methods.map((method, index) => html`<label><input type="radio" name="via" value="${method}" required ${index === 0 ? 'checked' : ''} /> ${METHOD_NAMES[method]}</label>`)}
  </fieldset>`;
}

function openOrder(order: StoredOrder, isAsked: boolean, language: Language): Markup {
  const texts = TEXTS[language];
  const { termMonths, amountRupiah, orderReference, instruction, expiresAt } = order;
  const facts: [string, string | Markup][] = [
    [texts.amount, money(amountRupiah)],
    ...(instruction?.kind === 'virtual_account' ? accountFacts(instruction, texts) : []),
    ...(instruction?.kind === 'link'
      ? [[METHOD_NAMES[instruction.method], html`<a href="${instruction.url}">${texts.link}</a>`] as [string, Markup]]
      : []),
    [texts.until, formatTime(instruction?.payUntil ?? expiresAt, language)],
    [texts.reference, orderReference],
  ];
  return html`<h3>${texts.months(termMonths)}</h3>
    ${rows(facts)} ${instruction ? '' : html`<p>${isAsked ? texts.again : texts.underReference}</p>`}`;
}

function accountFacts(
  { method, accountNumber, billerCode }: Extract<NonNullable<StoredOrder['instruction']>, { kind: 'virtual_account' }>,
  texts: Texts,
): [string, string][] {
  const biller: [string, string][] = billerCode ? [[texts.biller, billerCode]] : [];
  return [[texts.way, METHOD_NAMES[method]], ...biller, [texts.account, accountNumber]];
}

/** `8 Maret 2027, 08.00 WIB` */
function formatTime(at: Instant, language: Language): string {
  return `${formatDay(civilDateOf(at), language)}, ${formatWib(at).slice(11, 16).replace(':', '.')} WIB`;
}
