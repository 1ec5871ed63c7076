import { describe, expect, it } from 'vitest';
import { contactKeys, type DonorId, donorAmong, donorLabel } from '../../../shared/domain/donor.ts';

const donor = (name: string) => `dnr_${name}` as DonorId;

describe('what a donor is found by', () => {
  it.each([
    [{ email: ' Siti@Contoh.Example ' }, ['email:siti@contoh.example']],
    [{ phone: '0812-3456-7890' }, ['phone:+6281234567890']],
    [{ phone: '+62 812 3456 7890', email: 'a@b.example' }, ['email:a@b.example', 'phone:+6281234567890']],
    [{ name: 'Hamba' }, []],
    [{ email: 'not an address', phone: '12' }, []],
    [{ email: 'siti@contoh.example\u200B' }, ['email:siti@contoh.example']],
  ])('%j: %j', (contact, keys) => {
    expect(contactKeys(contact)).toEqual(keys);
  });
});

describe('whose gift it is', () => {
  it('the e-mail address decides where both are known', () => {
    expect(donorAmong([donor('email'), donor('phone')])).toBe('dnr_email');
  });

  it('else the one that is known, else nobody yet', () => {
    expect(donorAmong([undefined, donor('phone')])).toBe('dnr_phone');
    expect(donorAmong([])).toBeUndefined();
  });
});

describe('what stands where a name would', () => {
  it.each([
    [{ donorId: null, anonymous: false }, 'Hamba Allah', 'Anonymous'],
    [{ donorId: donor('0123456789'), anonymous: true }, 'Hamba Allah', 'Anonymous'],
    [{ donorId: donor('0123456789'), anonymous: false }, 'Donatur 01234567', 'Donor 01234567'],
  ])('%j', (who, indonesian, english) => {
    expect(donorLabel(who, 'id')).toBe(indonesian);
    expect(donorLabel(who, 'en')).toBe(english);
  });
});
