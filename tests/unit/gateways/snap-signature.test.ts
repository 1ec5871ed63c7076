import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../shared/domain/dates.ts';
import { inspectMessage } from '../../../shared/gateways/inspect.ts';
import { minified } from '../../../shared/gateways/snap-signature.ts';
import { TOKEN_LIFETIME_SECONDS } from '../../../shared/gateways/snap-tokens.ts';
import { type SnapSecrets, snapPartnerSchema } from '../../../shared/settings.ts';
import { NOW, NOW_SECONDS } from './signing.ts';
import {
  asymmetricCall,
  BANK_KEYS,
  CLIENT_SECRETS,
  decided,
  PATHS,
  rsaPair,
  SNAP,
  symmetricCall,
  TIMESTAMP,
  TOKEN_KEYS,
  TRANSACTION,
  tokenFor,
  tokenRequest,
  VA_PAYMENT,
  WALLET_KEYS,
} from './snap-signing.ts';

const debit = { path: PATHS.debit, body: JSON.stringify(TRANSACTION) };
const payment = { path: PATHS.payment, body: JSON.stringify(VA_PAYMENT) };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const wallet = (changes: object): SnapSecrets => ({
  ...SNAP,
  partners: { ...SNAP.partners, WALLET: { ...SNAP.partners.WALLET!, ...changes } },
});

describe('minifying', () => {
  it.each([
    ['{ "a" : 1 ,\n\t"b":\r[ 2 ] }', '{"a":1,"b":[2]}'],
    ['{"name": "Jokul  Doe", "id": "  088899"}', '{"name":"Jokul  Doe","id":"  088899"}'],
    ['{"a": "say \\" this ", "b": "\\\\" , "c": 1}', '{"a":"say \\" this ","b":"\\\\","c":1}'],
    ['{"url": "https:\\/\\/x", "e": "\\u00e9 é"}', '{"url":"https:\\/\\/x","e":"\\u00e9 é"}'],
    ['', ''],
    ['"never \\', '"never \\'],
  ])('%j gives %j', (given, expected) => {
    expect(text(minified(Buffer.from(given)))).toBe(expected);
  });

  it('keeps the spaces inside of words, which the digest that DOKU publishes has', () => {
    const padded = '{ "partnerServiceId" : "  088899" , "virtualAccountName" : "Jokul Doe" }';
    expect(text(minified(Buffer.from(padded)))).toBe(
      '{"partnerServiceId":"  088899","virtualAccountName":"Jokul Doe"}',
    );
  });
});

describe('a notice signed with the key of the caller', () => {
  it('is taken in', () => {
    expect(decided(asymmetricCall(debit))).toMatchObject({ taken: true, name: 'snap:WALLET', secretIndex: 0 });
    expect(decided(asymmetricCall(debit))).not.toHaveProperty('remarks');
  });

  const spaced = JSON.stringify({ ...TRANSACTION, note: 'https://x' }, null, 2).replace('https://x', 'https:\\/\\/x');
  it.each([
    ['minified', text(minified(Buffer.from(spaced))), undefined],
    ['as it was sent', spaced, ['body_signed_as_sent']],
    ['parsed and written anew', JSON.stringify(JSON.parse(spaced)), ['body_signed_as_reserialized']],
  ])('may have its body signed %s', (_, signedBody, remarks) => {
    const decision = decided(asymmetricCall({ ...debit, body: spaced, signedBody }));
    expect(decision).toMatchObject({ taken: true, interpretation: { events: [{ kind: 'paid' }] } });
    expect('remarks' in decision ? decision.remarks : undefined).toEqual(remarks);
  });

  it.each([
    ['with another key', asymmetricCall(debit, BANK_KEYS.privateKey)],
    ['for another body', asymmetricCall({ ...debit, signedBody: debit.body.replace('75000', '95000') })],
    ['for a body without any spaces', asymmetricCall({ ...debit, body: '{"a":"b c"}', signedBody: '{"a":"bc"}' })],
    ['for another path', asymmetricCall({ ...debit, signedPath: `/snap${PATHS.debit}` })],
    ['for another service', asymmetricCall({ ...debit, signedPath: PATHS.qr })],
    ['at another time', asymmetricCall({ ...debit, headers: { 'x-timestamp': '2026-11-20T14:59:31+07:00' } })],
    ['with no base64', asymmetricCall({ ...debit, headers: { 'x-signature': '%%%' } })],
    ['with too much of it', asymmetricCall({ ...debit, headers: { 'x-signature': 'A'.repeat(100_000) } })],
  ])('and signed %s is forged', (_, message) => {
    expect(decided(message)).toMatchObject({
      taken: false,
      reason: 'signature_mismatch',
      response: { status: 401 },
      answer: { responseCode: '4015600' },
    });
  });

  it('may have the path signed that we publish, where it came to that one', () => {
    const path = `/webhooks/snap/WALLET${PATHS.debit}`;
    const remarks = ['path_signed_as_published'];
    expect(decided(asymmetricCall({ ...debit, path }))).toMatchObject({ taken: true, remarks });
    expect(decided(asymmetricCall({ ...debit, path, signedPath: PATHS.debit }))).not.toHaveProperty('remarks');
    for (const signedPath of [`/webhooks/snap/BANK1${PATHS.debit}`, `/webhooks/snap/WALLET${PATHS.qr}`, PATHS.qr])
      expect(decided(asymmetricCall({ ...debit, path, signedPath }))).toMatchObject({ reason: 'signature_mismatch' });
    const elsewhere = asymmetricCall({ ...debit, signedPath: path });
    expect(decided(elsewhere)).toMatchObject({ reason: 'signature_mismatch' });
    const bank = { ...payment, path: `/webhooks/snap/BANK1${PATHS.payment}` };
    expect(decided(symmetricCall(bank))).toMatchObject({ taken: true, remarks });
  });

  it('is known by either key while the caller changes it', () => {
    const next = rsaPair();
    const snap = wallet({ publicKeyPem: `${next.publicKeyPem}${WALLET_KEYS.publicKeyPem}` });
    expect(decided(asymmetricCall(debit, next.privateKey), snap)).toMatchObject({ taken: true, secretIndex: 0 });
    expect(decided(asymmetricCall(debit), snap)).toMatchObject({ taken: true, secretIndex: 1 });
  });

  it('is forged however deep its body is nested', () => {
    const body = `{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    const refused = { taken: false, reason: 'signature_mismatch' };
    expect(decided(asymmetricCall({ ...debit, body }, BANK_KEYS.privateKey))).toMatchObject(refused);
  });

  it('needs no token, and a token that comes with it is nothing', () => {
    const message = asymmetricCall({ ...debit, headers: { authorization: 'Bearer anything' } });
    expect(decided(message)).toMatchObject({ taken: true });
  });

  it('is nobody’s where the partner gave us no key at all', () => {
    const { publicKeyPem: _, ...keyless } = SNAP.partners.WALLET!;
    const snap = { ...SNAP, partners: { WALLET: keyless } };
    expect(decided(asymmetricCall(debit), snap)).toMatchObject({ taken: false, reason: 'signature_mismatch' });
  });
});

describe('a notice signed with a shared secret and a token', () => {
  it('is taken in', () => {
    expect(decided(symmetricCall(payment))).toMatchObject({ taken: true, name: 'snap:BANK1', secretIndex: 0 });
  });

  it('may be signed with the previous secret, or bear a token of the previous key', () => {
    expect(decided(symmetricCall(payment, { secret: CLIENT_SECRETS[1] }))).toMatchObject({ secretIndex: 1 });
    const token = tokenFor('BANK1', 'bank-1-client', NOW, [TOKEN_KEYS[1]]);
    expect(decided(symmetricCall(payment, { token }))).toMatchObject({ taken: true });
  });

  it('is in hex where the bank writes hex, in either case, and in nothing else', () => {
    const call = { ...payment, path: `/snap${PATHS.intrabank}` };
    const bri = { secret: 'bri-secret', caller: 'bri-client', token: tokenFor('BRI', 'bri-client') };
    const hex = symmetricCall(call, { ...bri, encoding: 'hex' });
    expect(decided(hex)).toMatchObject({ taken: true, name: 'snap:BRI' });
    const upper = {
      ...hex,
      headers: { ...hex.headers, 'x-signature': hex.headers['x-signature']?.toUpperCase() ?? '' },
    };
    expect(decided({ ...upper })).toMatchObject({ taken: true });
    expect(decided(symmetricCall(call, bri))).toMatchObject({ taken: false, reason: 'signature_mismatch' });
    expect(decided(symmetricCall(payment, { encoding: 'hex' }))).toMatchObject({ reason: 'signature_mismatch' });
  });

  it('with a wrong secret is forged', () => {
    const forged = symmetricCall(payment, { secret: 'guessed' });
    expect(decided(forged)).toMatchObject({ reason: 'signature_mismatch', answer: { responseCode: '4012500' } });
  });

  const old = addSeconds(NOW, -TOKEN_LIFETIME_SECONDS);
  it.each([
    ['that expired', tokenFor('BANK1', 'bank-1-client', old)],
    ['of another partner', tokenFor('BRI', 'bri-client')],
    ['of an earlier client key', tokenFor('BANK1', 'bank-0-client')],
    ['of a key that is not ours', tokenFor('BANK1', 'bank-1-client', NOW, ['somebody-elses-key'])],
    ['that lives longer than it was given', tokenFor('BANK1', 'bank-1-client').replace(/^\d+/, '9999999999')],
    ['that never was one', 'made-up'],
  ])('with a token %s is told to ask for a new one', (_, token) => {
    expect(decided(symmetricCall(payment, { token }))).toMatchObject({
      taken: false,
      reason: 'token_mismatch',
      response: { status: 401 },
      answer: { responseCode: '4012501' },
    });
  });

  it('with a token exchanged on the way is forged, and still told to ask for a new one', () => {
    const { headers, ...message } = symmetricCall(payment);
    const exchanged = { ...message, headers: { ...headers, authorization: 'Bearer another' } };
    expect(decided(exchanged)).toMatchObject({ reason: 'signature_mismatch', answer: { responseCode: '4012501' } });
  });

  it('without a token is told to ask for one, where the bank has no other way to sign', () => {
    const call = { ...payment, path: `/snap${PATHS.intrabank}` };
    const { headers, ...message } = symmetricCall(call, {
      secret: 'bri-secret',
      caller: 'bri-client',
      encoding: 'hex',
    });
    const { authorization: _, ...others } = headers;
    expect(decided({ ...message, headers: others })).toMatchObject({
      reason: 'token_mismatch',
      answer: { responseCode: '4013401' },
    });
  });

  it('may come with the RSA key instead from a bank that has both', () => {
    const message = asymmetricCall({ ...payment, headers: { 'x-partner-id': 'bank-1-client' } }, BANK_KEYS.privateKey);
    expect(decided(message)).toMatchObject({ taken: true, name: 'snap:BANK1' });
  });
});

describe('the time of a call', () => {
  const at = (timestamp: string, snap?: SnapSecrets) => decided(asymmetricCall({ ...debit, timestamp }), snap);

  it.each([
    '2026-11-20T14:55:00+07:00',
    '2026-11-20T15:05:00+07:00',
    '2026-11-20T08:00:00.500Z',
    '2026-11-20T15:00:00+0700',
  ])('%s is near enough', (timestamp) => {
    expect(at(timestamp)).toMatchObject({ taken: true });
  });

  it.each(['2026-11-20T14:54:59+07:00', '2026-11-20T15:05:01+07:00'])('%s is not', (timestamp) => {
    const refusal = { reason: 'stale_timestamp', response: { status: 400 }, answer: { responseCode: '4005601' } };
    expect(at(timestamp)).toMatchObject(refusal);
  });

  it('may be as old as the partner’s setting says', () => {
    expect(at('2026-11-20T14:00:00+07:00', wallet({ toleranceSeconds: 3_600 }))).toMatchObject({ taken: true });
  });

  it('is only reported where the partner does not sign anew when it tries again', () => {
    const snap = wallet({ timestamps: 'report' });
    expect(at('2026-11-20T11:00:00+07:00', snap)).toMatchObject({ taken: true, remarks: ['stale_timestamp'] });
    expect(at(TIMESTAMP, snap)).not.toHaveProperty('remarks');
    const forged = asymmetricCall({ ...debit, timestamp: '2026-11-20T11:00:00+07:00' }, BANK_KEYS.privateKey);
    expect(decided(forged, snap)).toMatchObject({ taken: false, reason: 'signature_mismatch' });
  });

  it.each([
    ['x-timestamp', '', 'missing_timestamp', '4005602'],
    ['x-timestamp', 'yesterday', 'missing_timestamp', '4005601'],
    ['x-timestamp', '2026-11-20 14:59:30', 'missing_timestamp', '4005601'],
    ['x-timestamp', '2026-13-40T14:59:30Z', 'missing_timestamp', '4005601'],
    ['x-signature', '', 'missing_signature', '4005602'],
    ['content-type', 'text/plain', 'unsupported_content_type', '4005601'],
  ])('and %s: %j is answered as the standard says', (header, value, reason, responseCode) => {
    const decision = decided(asymmetricCall({ ...debit, headers: { [header]: value } }));
    expect(decision).toMatchObject({
      taken: false,
      reason,
      response: { status: 400, headers: { 'x-timestamp': '2026-11-20T15:00:00+07:00' } },
      answer: { responseCode, additionalInfo: { reason } },
    });
  });
});

describe('a request for a token', () => {
  it('is answered with one that opens the door for fifteen minutes, and is not kept', () => {
    const decision = decided(tokenRequest());
    expect(decision).toMatchObject({
      taken: true,
      interpretation: { handshake: true, ignored: true, events: [] },
      response: { status: 200, headers: { 'x-timestamp': '2026-11-20T15:00:00+07:00' } },
      answer: { responseCode: '2007300', tokenType: 'Bearer', expiresIn: '900' },
    });
    const token = decision.answer.accessToken;
    expect(decided(symmetricCall(payment, { token }))).toMatchObject({ taken: true });
    const late = { ...payment, timestamp: '2026-11-20T15:15:00+07:00' };
    const lateBy = (seconds: number) => decided(symmetricCall(late, { token }), SNAP, addSeconds(NOW, seconds));
    expect(lateBy(899)).toMatchObject({ taken: true });
    expect(lateBy(900)).toMatchObject({ taken: false, reason: 'token_mismatch' });
  });

  it.each([
    ['with another key', tokenRequest({}, WALLET_KEYS.privateKey), 'signature_mismatch', '4017300'],
    ['for another client', tokenRequest({ 'x-client-key': 'bank-1-clienT' }), 'signature_mismatch', '4017300'],
    ['too long ago', tokenRequest({ 'x-timestamp': '2026-11-20T14:40:00+07:00' }), 'stale_timestamp', '4007301'],
  ])('signed %s is refused', (_, message, reason, responseCode) => {
    const named = { ...message, path: `/webhooks/snap/BANK1${PATHS.token}` };
    expect(decided(named)).toMatchObject({ taken: false, reason, answer: { responseCode } });
  });

  it('that does not say who asks, or asks for something else, is refused', () => {
    const named = { ...tokenRequest(), path: `/webhooks/snap/BANK1${PATHS.token}` };
    const { 'x-client-key': _, ...nameless } = named.headers;
    const refusal = { taken: false, answer: { responseCode: '4007302' } };
    expect(decided({ ...named, headers: nameless })).toMatchObject(refusal);
    const body = new TextEncoder().encode('{"grantType":"password"}');
    expect(decided({ ...named, body })).toMatchObject({ taken: false, answer: { responseCode: '4007301' } });
  });
});

it('the keys of a partner are RSA keys, or the configuration is refused', () => {
  const pem = createPublicKey(BANK_KEYS.privateKey).export({ type: 'pkcs1', format: 'pem' });
  const parse = (publicKeyPem: unknown) => snapPartnerSchema.safeParse({ clientKey: 'x', publicKeyPem }).success;
  expect([pem, BANK_KEYS.publicKeyPem].map(parse)).toEqual([true, true]);
  const privatePem = BANK_KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const broken = BANK_KEYS.publicKeyPem.replace('MII', 'AAA');
  expect(['', 'key', broken, privatePem, 7].map(parse)).toEqual([false, false, false, false, false]);
});

describe('what lingkaran verify says', () => {
  const line = (message: ReturnType<typeof symmetricCall>, secrets: unknown, more = {}) => {
    const { body, ...rest } = message;
    return inspectMessage({ gateway: 'snap', ...rest, body: text(body), secrets, now: NOW_SECONDS, ...more });
  };

  it('takes the configuration, and finds the partner by path or by header', () => {
    expect(line(symmetricCall(payment), SNAP)).toMatchObject({ authentic: true });
    const named = symmetricCall({
      ...payment,
      path: `/webhooks/snap/BANK1${PATHS.payment}`,
      signedPath: PATHS.payment,
    });
    expect(line(named, SNAP)).toMatchObject({ authentic: true });
    expect(line(named, SNAP, { gateway: 'snap:WALLET' })).toMatchObject({ authentic: false });
    expect(line(symmetricCall(payment, { caller: 'nobody' }), SNAP)).toMatchObject({ reason: 'unknown_gateway' });
  });

  it('takes the keys of one partner with the token that was ours, in the form the capture names', () => {
    const path = `/snap${PATHS.intrabank}`;
    const captured = symmetricCall({ ...payment, path }, { secret: 's', encoding: 'hex', token: 'long-ago' });
    const secrets = { clientSecret: 's', accessToken: 'long-ago' };
    expect(line(captured, secrets, { signatureMode: 'symmetric-hmac-sha512-hex' })).toMatchObject({ authentic: true });
    expect(line(captured, { ...secrets, encoding: 'hex' })).toMatchObject({ authentic: true });
    expect(line(captured, { ...secrets, encoding: 'hex', pathPrefix: '' })).toMatchObject({ authentic: false });
    expect(line(captured, { ...secrets, encoding: 'hex', accessToken: 'x' })).toMatchObject({
      reason: 'token_mismatch',
    });
    expect(line(captured, {})).toMatchObject({ reason: 'unknown_gateway' });
    expect(line(captured, { ...secrets, colour: 1 })).toMatchObject({ reason: 'invalid_request' });
  });

  it('lets the capture say which of a partner’s two keys signed', () => {
    const secrets = { publicKeyPem: WALLET_KEYS.publicKeyPem, clientSecret: 's', accessToken: 'long-ago' };
    const asymmetric = asymmetricCall({ ...debit, headers: { authorization: 'Bearer anything' } });
    const symmetric = symmetricCall(payment, { secret: 's', token: 'long-ago' });
    const told = (message: typeof symmetric, signatureMode: string) => line(message, secrets, { signatureMode });
    expect(told(asymmetric, 'asymmetric-sha256rsa')).toMatchObject({ authentic: true });
    expect(told(asymmetric, 'symmetric-hmac-sha512-base64')).toMatchObject({ authentic: false });
    expect(told(symmetric, 'symmetric-hmac-sha512-base64')).toMatchObject({ authentic: true });
    expect(told(symmetric, 'asymmetric-sha256rsa')).toMatchObject({ authentic: false });
  });

  it('shows a token that opens no door', () => {
    const { response } = line(tokenRequest(), { publicKeyPem: BANK_KEYS.publicKeyPem });
    const { accessToken: token } = JSON.parse(response.body);
    expect(token).toMatch(/^\d+\./);
    expect(decided(symmetricCall(payment, { token }))).toMatchObject({ taken: false, reason: 'token_mismatch' });
  });
});
