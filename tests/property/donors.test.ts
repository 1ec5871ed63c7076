/** Donors are known once: by e-mail address or telephone, in whatever order and however written their gifts come. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DonorContact } from '../../shared/domain/canonical-event.ts';
import type { DonorId } from '../../shared/domain/donor.ts';
import { Donors } from '../../shared/store/donors.ts';
import { scanPages, vaultTableName } from '../../shared/store/table.ts';
import { TestSystem } from '../support/test-system.ts';
import { memoryVaultKeys } from '../unit/store/memory-vault-keys.ts';

let system: TestSystem;
let donors: Donors;
beforeAll(() => {
  system = new TestSystem();
});
afterAll(() => system.stop());
beforeEach(() => newWorld());

function newWorld(): void {
  system.newWorld();
  const now = () => {
    system.pass(1);
    return system.now();
  };
  donors = new Donors({ keys: memoryVaultKeys(), identityKey: async () => Buffer.alloc(32, 7), now });
}

async function vaultRows() {
  const rows = [];
  for await (const page of scanPages({ TableName: vaultTableName() })) rows.push(...page);
  return rows;
}

const email = (number: number) => `donatur${number}@contoh.example`;
const phone = (number: number) => `+62812345678${String(number).padStart(2, '0')}`;
/** As people write them. */
const written = {
  email: fc.constantFrom(
    (text: string) => text,
    (text: string) => ` ${text.toUpperCase()} `,
  ),
  phone: fc.constantFrom(
    (text: string) => text,
    (text: string) => text.replace('+62', '0'),
    (text: string) => text.replace('+62812', '+62 812-'),
  ),
};

/** Gifts of people who each have one contact that they always give, and others beside it that nobody else has. */
const giftsOfPeople = fc
  .array(
    fc.record({
      always: fc.constantFrom('email', 'phone'),
      others: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .chain((people) => {
    const gifts = people.flatMap(({ always, others }, person) =>
      others.map((other) => {
        const own = person * 4;
        const beside = own + other;
        if (always === 'email') return { person, email: email(own), ...(other > 0 ? { phone: phone(beside) } : {}) };
        return { person, phone: phone(own), ...(other > 0 ? { email: email(beside) } : {}) };
      }),
    );
    return fc.shuffledSubarray([...gifts, ...gifts], { minLength: gifts.length });
  });

describe('donors', () => {
  it('are the people who gave, in any order of their gifts', async () => {
    await fc.assert(
      fc.asyncProperty(
        giftsOfPeople,
        fc.infiniteStream(written.email),
        fc.infiniteStream(written.phone),
        async (gifts, asEmail, asPhone) => {
          newWorld();
          const found = new Map<number, Set<DonorId | null>>();
          for (const gift of gifts) {
            const contact = {
              ...(gift.email ? { email: asEmail.next().value(gift.email) as string } : {}),
              ...(gift.phone ? { phone: asPhone.next().value(gift.phone) as string } : {}),
            };
            found.set(gift.person, (found.get(gift.person) ?? new Set()).add(await donors.keepDonor(contact)));
          }
          const ids = [...found.values()].map((each) => [...each]);
          expect(ids.every((each) => each.length === 1 && each[0] !== null)).toBe(true);
          expect(new Set(ids.flat()).size).toBe(found.size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stay whose contact it first was, whatever is given with it later: nobody is merged', async () => {
    const contacts = fc.record({ email: fc.nat(2).map(email), phone: fc.nat(2).map(phone) }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(contacts, { maxLength: 12 }), async (gifts) => {
        newWorld();
        const links = new Map<string, DonorId>();
        for (const gift of gifts) {
          const donorId = await donors.keepDonor(gift);
          const given = [gift.email, gift.phone].filter((contact) => contact !== undefined);
          const decides = given.find((contact) => links.has(contact));
          if (given.length === 0) expect(donorId).toBeNull();
          else if (decides) expect(donorId).toBe(links.get(decides));
          else expect([...links.values()]).not.toContain(donorId);
          for (const contact of given) if (!links.has(contact)) links.set(contact, donorId as DonorId);
        }
        const rows = (await vaultRows()).filter(({ sk }) => sk === 'LINK');
        expect(rows).toHaveLength(links.size);
      }),
      { numRuns: 60 },
    );
  });

  it('who give at the same time are one', async () => {
    const both: DonorContact = { email: email(1), phone: phone(1) };
    const ids = await Promise.all(
      [both, { email: email(1) }, { phone: phone(1) }, both].map((each) => donors.keepDonor(each)),
    );
    const again = await donors.keepDonor({ email: email(1) });
    expect(ids[0]).toBe(again);
    expect(ids[3]).toBe(again);
    expect(ids[1]).toBe(again);
  });
});

describe('a donor', () => {
  it('keeps every contact and the last name told, sealed', async () => {
    const donorId = (await donors.keepDonor({ name: 'Siti', email: email(1), phone: phone(1) })) as DonorId;
    await donors.keepDonor({ name: 'Siti Aminah', phone: phone(1), anonymous: true });
    expect(await donors.readDonor(donorId)).toEqual({
      name: 'Siti Aminah',
      email: email(1),
      phone: phone(1),
      anonymous: true,
    });
    const text = JSON.stringify(await vaultRows());
    for (const trace of ['Siti', email(1), phone(1).slice(3)]) expect(text).not.toContain(trace);
  });

  it('without a contact is nobody, and nothing of them is kept', async () => {
    expect(await donors.keepDonor({ name: 'Siti' })).toBeNull();
    expect(await vaultRows()).toEqual([]);
  });

  it('erased is gone for ever, and who comes back is somebody new', async () => {
    const donorId = (await donors.keepDonor({ email: email(1), phone: phone(1) })) as DonorId;
    const other = (await donors.keepDonor({ email: email(2), phone: phone(1) })) as DonorId;
    expect(other).toBe(donorId);
    await donors.eraseDonor(donorId);
    await donors.eraseDonor(donorId);
    expect(await donors.readDonor(donorId)).toBeNull();
    expect((await vaultRows()).filter(({ sk }) => sk === 'LINK')).toEqual([]);
    expect(await donors.keepDonor({ email: email(1) })).not.toBe(donorId);
  });

  it('erased leaves the contacts of others', async () => {
    const first = (await donors.keepDonor({ email: email(1) })) as DonorId;
    const second = (await donors.keepDonor({ phone: phone(1) })) as DonorId;
    expect(await donors.keepDonor({ email: email(1), phone: phone(1) })).toBe(first);
    await donors.eraseDonor(first);
    expect(await donors.keepDonor({ phone: phone(1) })).toBe(second);
  });
});
