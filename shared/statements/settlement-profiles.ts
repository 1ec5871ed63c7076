/**
 * The income reports of the marketplaces, by their titles in Indonesian and English. Each was put together from what
 * sellers and their tools publish, not from a file of our own shop: a file with other titles is refused with the titles
 * that were looked for, and a title is added here.
 */
import type { SettlementProfile } from './settlement.ts';

const column = (...titles: string[]) => ({ titles });
const optional = (...titles: string[]) => ({ titles, isOptional: true as const });

/** Seller Centre, Penghasilan Saya: one line for each order; what the seller gave away lowers the gift. */
export const shopeeSettlement: SettlementProfile<'price' | 'discount' | 'voucher' | 'refund' | 'net' | 'refundNumber'> =
  {
    gateway: 'shopee',
    columns: {
      orderId: column('No. Pesanan', 'Order ID', 'Order SN'),
      settledAt: column('Tanggal Dana Dilepaskan', 'Waktu Dana Dilepaskan', 'Payout Completed Date'),
      price: column('Harga Asli Produk', 'Original Price', 'Original product price'),
      discount: optional('Total Diskon Produk', 'Your product promotion', 'Seller Product Promotion'),
      voucher: optional('Voucher disponsor oleh Penjual', 'Seller Voucher', 'Voucher sponsored by seller'),
      refund: optional('Jumlah Pengembalian Dana ke Pembeli', 'Refund Amount to Buyer', 'Refund Amount'),
      net: column('Total Penghasilan', 'Total Released Amount', 'Total Income'),
      refundNumber: optional('No. Pengajuan', 'Return/Refund ID', 'Refund ID'),
    },
    // A date and eight letters or digits.
    idShape: /^\d{6}[0-9A-Z]{8}$/,
    amounts: ({ amount }) => ({
      gross: amount('price') + amount('discount') + amount('voucher'),
      refunded: Math.abs(amount('refund')),
      net: amount('net'),
    }),
    refundKey: 'refundNumber',
  };

/** TikTok Shop and Tokopedia, Keuangan: lines of other types than orders are the shop's own money. */
export const tiktokShopSettlement: SettlementProfile<'type' | 'subtotal' | 'refund' | 'net'> = {
  gateway: 'tiktok-shop',
  columns: {
    orderId: column('Order/adjustment ID', 'ID Pesanan/Penyesuaian'),
    settledAt: column('Order settled time', 'Waktu pesanan diselesaikan', 'Waktu penyelesaian pesanan'),
    type: column('Type', 'Transaction type', 'Jenis transaksi', 'Tipe'),
    subtotal: column('Subtotal after seller discounts', 'Subtotal setelah diskon penjual'),
    refund: optional(
      'Refund subtotal after seller discounts',
      'Subtotal pengembalian dana setelah diskon penjual',
      'Refund subtotal',
    ),
    net: column('Total settlement amount', 'Jumlah penyelesaian pembayaran', 'Total jumlah penyelesaian'),
  },
  idShape: /^\d{17,19}$/,
  amounts: ({ text, amount }) =>
    /^(?:order|pesanan)$/i.test(text('type'))
      ? { gross: amount('subtotal'), refunded: Math.abs(amount('refund')), net: amount('net') }
      : null,
};

const ITEM_PRICE = /^(?:item price credit|item price|harga barang|kredit harga barang)$/i;
const ITEM_PRICE_BACK = /^(?:reversal item price|refund item price|pengembalian harga barang)$/i;

/** Seller Center, Finance, Transaction Overview: a line for each fee of each item, those of an order together. */
export const lazadaSettlement: SettlementProfile<'feeName' | 'amount' | 'statement'> = {
  gateway: 'lazada',
  columns: {
    orderId: column('Order No.', 'Order Number', 'Nomor Pesanan', 'No. Pesanan'),
    settledAt: column('Transaction Date', 'Tanggal Transaksi'),
    feeName: column('Fee Name', 'Nama Biaya'),
    amount: column('Amount', 'Jumlah'),
    statement: optional('Statement', 'Laporan', 'Payment Ref Id'),
  },
  idShape: /^\d{10,18}$/,
  hasManyLines: true,
  amounts({ text, amount }) {
    const [name, value] = [text('feeName'), amount('amount')];
    return {
      gross: ITEM_PRICE.test(name) ? value : 0,
      refunded: ITEM_PRICE_BACK.test(name) ? -value : 0,
      net: value,
    };
  },
  payoutId: 'statement',
};

/** Seller Center, Keuangan: a line for each item of an order. Blibli tells us nothing by push. */
export const blibliSettlement: SettlementProfile<'price' | 'refund' | 'net' | 'payout'> = {
  gateway: 'blibli',
  columns: {
    orderId: column('No. Order', 'Nomor Order', 'Order No', 'Order ID'),
    settledAt: column('Tanggal Pembayaran', 'Tanggal Pencairan', 'Payment Date', 'Settlement Date'),
    price: column('Total Harga Produk', 'Total Harga', 'Harga Jual', 'Total Product Price'),
    refund: optional('Pengembalian Dana', 'Refund', 'Refund Amount'),
    net: column('Total Dibayarkan', 'Jumlah Dibayarkan', 'Nilai Bersih', 'Net Amount', 'Settlement Amount'),
    payout: optional('No. Pembayaran', 'Nomor Pembayaran', 'Payment No', 'Settlement ID'),
  },
  idShape: /^\d{8,15}$/,
  hasManyLines: true,
  amounts: ({ amount }) => ({
    gross: amount('price'),
    refunded: Math.abs(amount('refund')),
    net: amount('net'),
  }),
  payoutId: 'payout',
};

/** By the name of the channel in our books. */
export const SETTLEMENT_PROFILES = {
  shopee: shopeeSettlement,
  'tiktok-shop': tiktokShopSettlement,
  lazada: lazadaSettlement,
  blibli: blibliSettlement,
} as const;
export type SettlementChannel = keyof typeof SETTLEMENT_PROFILES;
