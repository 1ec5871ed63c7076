import { describe, expect, it } from 'vitest';
import type { BankItem } from '../../../shared/statements/bank.ts';
import { readCamt053 } from '../../../shared/statements/camt053.ts';
import { collected } from '../../support/collected.ts';

const entry = (amount: string, mark: string, remark: string, status = '<Cd>BOOK</Cd>') => `
  <Ntry><Amt Ccy="IDR">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd><Sts>${status}</Sts>
    <BookgDt><Dt>2026-11-20</Dt></BookgDt>
    <NtryDtls><TxDtls><RltdPties><Dbtr><Nm>PT Maju &amp; Co</Nm></Dbtr></RltdPties>
      <RmtInf><Ustrd>${remark}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
const balance = (kind: string, amount: string) =>
  `<Bal><Tp><CdOrPrtry><Cd>${kind}</Cd></CdOrPrtry></Tp><Amt Ccy="IDR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`;
const ENTRIES = [
  entry('500000.00', 'CRDT', 'GNL-20261101-0A1B2C3D4E'),
  entry('500000', 'CRDT', 'tanpa nomor'),
  entry('2500.00', 'DBIT', 'biaya'),
  entry('900000.00', 'CRDT', 'belum dibukukan', 'PDNG'),
].join('');
const ACCOUNT = '<Acct><Id><Othr><Id>0700-123 456</Id></Othr></Id></Acct>';
const document = (inside: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>${inside}</BkToCstmrStmt></Document>`;
const STATEMENT = document(
  `<Stmt><Id>S-1</Id><ElctrncSeqNb>324</ElctrncSeqNb>${ACCOUNT}${balance('OPBD', '1000000.00')}${balance('CLBD', '1997500.00')}${ENTRIES}</Stmt>`,
);

function read(text: string): Promise<BankItem[]> {
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, index) =>
    bytes.subarray(index * 64, index * 64 + 64),
  );
  return collected(readCamt053(pieces));
}

describe('a statement of ISO 20022', () => {
  it('gives its booked credits with account, day, amount and remark; what is only announced is nothing yet', async () => {
    const items = await read(STATEMENT);
    expect(items.map(({ type }) => type)).toEqual(['credit', 'credit', 'debit']);
    expect(items[0]).toMatchObject({
      credit: { account: '0700123456', bookedOn: '2026-11-20', amountRupiah: 500_000, line: expect.any(Number) },
    });
    expect(items[0]).toMatchObject({ credit: { remark: 'PT Maju & Co\nGNL-20261101-0A1B2C3D4E' } });
  });

  it('names two equal credits apart, and each always the same', async () => {
    const ids = (items: BankItem[]) => items.flatMap((item) => (item.type === 'credit' ? [item.credit.creditId] : []));
    const once = ids(await read(STATEMENT));
    expect(new Set(once).size).toBe(2);
    expect(ids(await read(STATEMENT))).toEqual(once);
  });

  it('takes a day that is written as an instant as the day it is in Jakarta', async () => {
    const late = STATEMENT.replaceAll('<Dt>2026-11-20</Dt>', '<DtTm>2026-11-20T18:00:00Z</DtTm>');
    expect((await read(late))[0]).toMatchObject({ credit: { bookedOn: '2026-11-21' } });
  });
});

describe('a statement of ISO 20022 is refused', () => {
  it.each([
    ['whose balances do not hold', STATEMENT.replace('1997500.00', '1997501.00'), 'control_total_mismatch'],
    ['that is an interim report', STATEMENT.replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt'), 'statement_interim'],
    ['in another currency', STATEMENT.replaceAll('"IDR"', '"USD"'), 'currency_not_idr'],
    ['with sen', STATEMENT.replace('>2500.00<', '>2500.50<'), 'amount_has_sen'],
    ['with an amount nobody can read', STATEMENT.replace('>2500.00<', '>2.500<'), 'amount_has_sen'],
    ['with an entry that goes nowhere', STATEMENT.replace('>DBIT<', '>OUT<'), 'field_invalid'],
    ['with an entry without a day', STATEMENT.replace('<BookgDt><Dt>2026-11-20</Dt></BookgDt>', ''), 'field_missing'],
    ['with an entry of no real day', STATEMENT.replace('2026-11-20', '2026-11-31'), 'field_invalid'],
    ['with an entry without an amount', STATEMENT.replace('<Amt Ccy="IDR">500000.00</Amt>', ''), 'amount_missing'],
    ['without an account', STATEMENT.replace(ACCOUNT, ''), 'field_missing'],
    ['without an opening balance', STATEMENT.replace('OPBD', 'ITBD'), 'field_missing'],
    ['that is cut off', STATEMENT.slice(0, -60), 'line_malformed'],
    ['that is no XML', 'a,b,c', 'line_malformed'],
    [
      'with a document type',
      `<!DOCTYPE x [<!ENTITY a "b">]>${STATEMENT.slice(STATEMENT.indexOf('<Doc'))}`,
      'line_malformed',
    ],
    ['without any statement', document(''), 'field_missing'],
  ])('%s, with line and reason', async (_, text, reason) => {
    const last = (await read(text)).at(-1);
    expect(last).toMatchObject({ type: 'fault', fault: { reason, line: expect.any(Number) } });
  });
});
