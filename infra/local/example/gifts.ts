/**
 * The small gifts of the example: what a crowd-funding partner passes on in a few weeks, with the troubles such a
 * stream has. Amounts, channels and troubles are drawn once, from a fixed seed.
 */
import { chanceFrom } from './random.ts';

export type Trouble =
  /** The partner lost our answer and sends it again. */
  | 'sent_twice'
  /** Paid, and told only days later. */
  | 'late'
  /** The notice that it waits overtakes nobody: it comes after the payment. */
  | 'pending_after_paid'
  | 'pending_before_paid'
  | 'expired'
  | 'failed'
  /** The refund arrives before the payment it takes back. */
  | 'refund_before_paid'
  | 'refunded'
  | 'partly_refunded'
  | 'charged_back';

export interface Gift {
  readonly partner: string;
  readonly paymentId: string;
  readonly campaign: string;
  readonly amountRupiah: number;
  readonly feeRupiah: number;
  readonly channel: string;
  readonly trouble: Trouble | null;
}

const AMOUNTS_RUPIAH = [10_000, 15_000, 20_000, 25_000, 30_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000];
const CHANNELS = ['gopay', 'ovo', 'dana', 'shopeepay', 'qris', 'qris', 'qris'];
/** What the partner keeps for its work (gateways tell it, we book it as its own line). */
const KITABISA_FEE_PERCENT = 5;

/** Every gift with this remainder when counted in rounds of twenty has this trouble: six of each in 120. */
const TROUBLE_OF_ROUND: Readonly<Record<number, Trouble>> = {
  1: 'sent_twice',
  2: 'late',
  4: 'pending_before_paid',
  6: 'pending_after_paid',
  8: 'refunded',
  9: 'expired',
  11: 'sent_twice',
  12: 'partly_refunded',
  14: 'charged_back',
  15: 'late',
  17: 'refund_before_paid',
  19: 'failed',
};
const ROUND = 20;

export const SMALL_GIFTS = 120;
export const ZAKAT_GIFTS = 8;

export function smallGifts(): Gift[] {
  const chance = chanceFrom(2026);
  return Array.from({ length: SMALL_GIFTS }, (_, index) => {
    const amountRupiah = chance.pick(AMOUNTS_RUPIAH);
    return {
      partner: 'kitabisa',
      paymentId: `KB-${String(778_001 + index)}`,
      campaign: 'lindungi-pekerja-surakarta',
      amountRupiah,
      feeRupiah: Math.floor((amountRupiah * KITABISA_FEE_PERCENT) / 100),
      channel: chance.pick(CHANNELS),
      trouble: TROUBLE_OF_ROUND[index % ROUND] ?? null,
    };
  });
}

/** Zakat passes on whole and waits in a fund of its own for workers found to be entitled. */
export function zakatGifts(): Gift[] {
  const chance = chanceFrom(2027);
  return Array.from({ length: ZAKAT_GIFTS }, (_, index) => ({
    partner: 'baznas',
    paymentId: `BZ-${String(1_001 + index)}`,
    campaign: 'zakat-profesi',
    amountRupiah: chance.pick(AMOUNTS_RUPIAH),
    feeRupiah: 0,
    channel: chance.pick(CHANNELS),
    trouble: index === 0 ? 'sent_twice' : null,
  }));
}
