/** What happens in the example, in order. Nothing here names a total: totals are what the books say afterwards. */
import { call, type Target } from '../../cli/api.ts';
import { formatCount, formatRupiah } from '../../cli/format.ts';
import { importRoster } from '../../cli/import-roster.ts';
import { type Gift, smallGifts, type Trouble, zakatGifts } from './gifts.ts';
import { ROSTER_REGION, rosterCsv } from './roster.ts';
import type { Sender } from './sender.ts';

export interface Scene {
  readonly target: Target;
  readonly sender: Sender;
  readonly say: (line: string) => void;
  /** How many can be registered. */
  readonly workers: number;
  /** What the company promised, once it did. */
  readonly pledge: Pledge | undefined;
  readonly keepPledge: (pledge: Pledge) => void;
}

export interface Pledge {
  readonly orderReference: string;
  readonly amountRupiah: number;
}

interface Act {
  readonly name: string;
  /** Days after the campaign began. */
  readonly day: number;
  readonly play: (scene: Scene) => Promise<void>;
}

const DAY_MILLISECONDS = 86_400_000;
const LATE_DAYS = 4;
const AT_ONCE = 8;

/** The crowd gives before the company does: their gifts cover the first workers, and some are taken back later. */
const FIRST_GIFTS = 40;

async function importTheRoster({ target, say, workers }: Scene): Promise<void> {
  const { accepted, duplicates, rejected } = await importRoster(target, rosterCsv(workers), say);
  say(
    `  ${formatCount(accepted)} workers wait, ${formatCount(duplicates)} stood in the list twice, ${formatCount(rejected.length)} lines were refused`,
  );
}

async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let first = 0; first < items.length; first += AT_ONCE) {
    await Promise.all(items.slice(first, first + AT_ONCE).map(work));
  }
}

/** How the notices of one gift arrive on the day it is paid. */
async function give(sender: Sender, gift: Gift): Promise<void> {
  const now = await sender.now();
  switch (gift.trouble) {
    case 'expired':
    case 'failed':
      await sender.partner(gift, 'pending');
      return sender.partner(gift, gift.trouble);
    case 'pending_before_paid':
      await sender.partner(gift, 'pending');
      return sender.partner(gift, 'paid');
    case 'pending_after_paid':
      await sender.partner(gift, 'paid');
      return sender.partner(gift, 'pending');
    case 'sent_twice':
      await Promise.all([sender.partner(gift, 'paid'), sender.partner(gift, 'paid')]);
      return sender.partner(gift, 'paid');
    case 'late':
      return sender.partner(gift, 'paid', { occurredMilliseconds: now - LATE_DAYS * DAY_MILLISECONDS });
    case 'refund_before_paid':
      await sender.partner(gift, 'refunded');
      return sender.partner(gift, 'paid');
    default:
      return sender.partner(gift, 'paid');
  }
}

const FIRST_PART = smallGifts().slice(0, FIRST_GIFTS);
const SECOND_PART = smallGifts().slice(FIRST_GIFTS);

function giveAll(gifts: readonly Gift[]): (scene: Scene) => Promise<void> {
  return async ({ sender, say }) => {
    await inBatches(gifts, (gift) => give(sender, gift));
    say(`  ${formatCount(gifts.length)} gifts told`);
  };
}

/** Gifts with this trouble, taken back in this way; both those already used and those still waiting. */
function takeBack(trouble: Trouble, kind: string, part: (gift: Gift) => number | undefined): Act['play'] {
  return async ({ sender, say }) => {
    const gifts = smallGifts().filter((gift) => gift.trouble === trouble);
    await inBatches(gifts, (gift) => {
      const returnedRupiah = part(gift);
      return sender.partner(gift, kind, returnedRupiah === undefined ? {} : { returnedRupiah });
    });
    say(`  ${formatCount(gifts.length)} gifts ${trouble.replaceAll('_', ' ')}`);
  };
}

/** One payment for ever: an act played again books nothing. */
const CORPORATE_PAYMENT_ID = '20261201-0000-4000-8000-000000001000';

async function promise({ target, workers, say }: Scene): Promise<Pledge> {
  const pledge = await call<Pledge>(target, 'POST', '/api/pledges', {
    json: {
      donor: {
        kind: 'corporate',
        name: 'PT Contoh Sejahtera',
        email: 'csr@contoh.example',
        phone: '081200009000',
        anonymous: false,
        language: 'id',
      },
      channel: 'gn-lingkaran',
      workers,
      termMonths: 3,
      package: 'JKK_JKM',
      earmark: { region: ROSTER_REGION },
      fundClass: 'csr',
    },
  });
  say(`  pledged: ${formatRupiah(pledge.amountRupiah)} for ${formatCount(workers)} workers`);
  return pledge;
}

/** A payment carries the reference of one promise: made again after a stop, it would contradict itself. */
async function corporatePledge(scene: Scene): Promise<void> {
  const { sender, keepPledge } = scene;
  const pledge = scene.pledge ?? (await promise(scene));
  keepPledge(pledge);
  const payment = {
    paymentId: CORPORATE_PAYMENT_ID,
    orderReference: pledge.orderReference,
    amountRupiah: pledge.amountRupiah,
    feeRupiah: 0,
    channel: 'bank_transfer:bca',
    occurredMilliseconds: await sender.now(),
  };
  await sender.midtrans({ ...payment, kind: 'pending' });
  await sender.midtrans({ ...payment, kind: 'paid' });
  await sender.midtrans({ ...payment, kind: 'paid' });
}

/** Nothing happens from outside; what fell due by now was done by the system itself. */
async function sayHowItStands({ target, say }: Scene): Promise<void> {
  const { covers } = await call<{ covers: Readonly<Record<string, number>> }>(target, 'GET', '/api/stats');
  const states = Object.entries(covers).map(([state, count]) => `${formatCount(count)} ${state}`);
  say(`  covers: ${states.join(', ') || 'none'}`);
}

export const ACTS: readonly Act[] = [
  { name: 'the roster arrives', day: 0, play: importTheRoster },
  { name: 'the first small gifts', day: 1, play: giveAll(FIRST_PART) },
  { name: 'zakat from a zakat body', day: 1, play: giveAll(zakatGifts()) },
  { name: 'a company pledges for all, and pays', day: 2, play: corporatePledge },
  { name: 'the other small gifts', day: 5, play: giveAll(SECOND_PART) },
  { name: 'donors ask for their money back', day: 20, play: takeBack('refunded', 'refunded', () => undefined) },
  {
    name: 'donors ask for a part back',
    day: 21,
    play: takeBack('partly_refunded', 'refunded', ({ amountRupiah }) => Math.floor(amountRupiah / 2)),
  },
  { name: 'chargebacks', day: 45, play: takeBack('charged_back', 'charged-back', () => undefined) },
  { name: 'reminders have gone out', day: 88, play: sayHowItStands },
  { name: 'the three months are over', day: 95, play: sayHowItStands },
  { name: 'grace is over', day: 186, play: sayHowItStands },
];

/** The days of stage time the acts take. */
export const EXAMPLE_DAYS = Math.max(...ACTS.map(({ day }) => day));
