import { expect, it } from 'vitest';
import { digest, type FundId } from '../../../shared/domain/ids.ts';
import { ACCOUNTS, ledgerTransaction, move } from '../../../shared/domain/ledger.ts';
import { rupiah } from '../../../shared/domain/money.ts';
import { InvariantBroken } from '../../../shared/errors.ts';
import { AT } from '../../support/events.ts';

const fund = ACCOUNTS.fund('general' as FundId);

it('money moves from one account to another, and nothing is no movement', () => {
  expect(move(fund, ACCOUNTS.committed, rupiah(50_400))).toEqual([
    { account: 'fund:general', amountRupiah: -50_400 },
    { account: 'cover:committed', amountRupiah: 50_400 },
  ]);
  expect(move(fund, ACCOUNTS.committed, rupiah(0))).toEqual([]);
});

it('a transaction sums to zero or is not made (I1)', () => {
  const entries = move(fund, ACCOUNTS.committed, rupiah(1));
  expect(ledgerTransaction('allocation', AT, entries)).toEqual({ kind: 'allocation', at: AT, entries });
  const halved = () => ledgerTransaction('allocation', AT, entries.slice(1));
  expect(halved).toThrow(InvariantBroken);
  expect(halved).toThrow('I1: a allocation transaction sums to 1');
});

it('accounts are named by what they hold', () => {
  expect([ACCOUNTS.gateway('midtrans'), ACCOUNTS.fees('midtrans'), ACCOUNTS.contributions, ACCOUNTS.guarantee]).toEqual(
    ['gateway:midtrans', 'fees:midtrans', 'contributions:paid', 'guarantee'],
  );
  expect([ACCOUNTS.fund('zakat-1' as FundId), ACCOUNTS.fund('self-1' as FundId)]).toEqual([
    'fund:zakat-1',
    'fund:self',
  ]);
  expect(digest('midtrans')).toHaveLength(20);
});
