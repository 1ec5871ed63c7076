/** The configuration: read once at the edge, an unknown key or wrong type is an error naming the path. */
import { createPublicKey } from 'node:crypto';
import * as z from 'zod';
import { WORKER_CHANNELS } from './domain/channels.ts';
import { REJECTIONS } from './domain/registrar.ts';
import { messagingSecretsSchema, messagingSettingsSchema } from './messaging-settings.ts';
import { tariffSettings } from './tariff-schema.ts';

const secretList = z.lazy(() => z.array(z.string().min(1)).min(1));

export const midtransSecretsSchema = z.lazy(() =>
  z.strictObject({
    serverKeys: secretList,
    /** A separate notification signing key where the dashboard shows one; the server keys otherwise. */
    signatureKeys: secretList.optional(),
    statusApi: z.url().nullable().default(null),
    /** Asked for a virtual account or a code when a worker pays; without one the page names the reference to pay under. */
    chargeApi: z.url().nullish(),
  }),
);
export type MidtransSecrets = z.infer<typeof midtransSecretsSchema>;

export const partnerSecretsSchema = z.lazy(() =>
  z.strictObject({
    secrets: z.array(z.string().startsWith('whsec_')).min(1),
    fundClass: z.enum(['general', 'csr', 'zakat']).default('general'),
    toleranceSeconds: z.int().positive().default(300),
  }),
);
export type PartnerSecrets = z.infer<typeof partnerSecretsSchema>;
export const partnersSchema = z.lazy(() => z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), partnerSecretsSchema));

export const xenditSecretsSchema = z.lazy(() =>
  z.strictObject({
    callbackTokens: secretList,
    /** Secret API keys that may read payments; the status API is asked with them, the first is current. */
    apiKeys: secretList.optional(),
    statusApi: z.url().nullable().default(null),
  }),
);
export type XenditSecrets = z.infer<typeof xenditSecretsSchema>;

export const dokuSecretsSchema = z.lazy(() =>
  z.strictObject({
    clientId: z.string().min(1),
    secretKeys: secretList,
    /** The path as DOKU signs it; what a front door makes of it is not what was signed. */
    requestTarget: z.string().startsWith('/'),
    /** Whether a retry is signed anew is not documented, and retries go on for twelve hours. */
    toleranceSeconds: z.int().positive().default(86_400),
  }),
);
export type DokuSecrets = z.infer<typeof dokuSecretsSchema>;

export const stripeSecretsSchema = z.lazy(() =>
  z.strictObject({
    endpointSecrets: secretList,
    toleranceSeconds: z.int().positive().default(300),
  }),
);
export type StripeSecrets = z.infer<typeof stripeSecretsSchema>;

const PEM_BLOCK = /-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----[^-]+-----END \1-----/g;

/** The keys of a PEM text, one behind the other. */
export function pemBlocks(pem: string): readonly string[] {
  return pem.match(PEM_BLOCK) ?? [];
}

function holdsRsaKeys(pem: string): boolean {
  try {
    const types = pemBlocks(pem).map((block) => createPublicKey(block).asymmetricKeyType);
    return types.length > 0 && types.every((type) => type === 'rsa');
  } catch {
    return false;
  }
}

export const snapPartnerSchema = z.lazy(() =>
  z.strictObject({
    /** Who a request for a token says it is. */
    clientKey: z.string().min(1),
    /** What the caller calls itself in `X-PARTNER-ID`, where that is neither its name here nor its client key. */
    partnerId: z.string().min(1).optional(),
    /**
     * Of the caller: its notifications (asymmetric) and its requests for a token are signed with the other half. While
     * the caller changes its key both stand here, the new one first.
     */
    publicKeyPem: z.string().refine(holdsRsaKeys, 'RSA public keys or certificates in PEM').optional(),
    /** Shared with the caller where it signs symmetrically. */
    clientSecrets: secretList.optional(),
    encoding: z.enum(['base64', 'hex']).default('base64'),
    /** What the caller's signed path has before `/v1.0/…`. */
    pathPrefix: z
      .string()
      .regex(/^(\/[\w.-]+)*$/, 'empty or like /snap')
      .default(''),
    toleranceSeconds: z.int().positive().default(300),
    /** `report` takes in what is older, and says so: for a partner that does not sign anew when it tries again. */
    timestamps: z.enum(['enforce', 'report']).default('enforce'),
  }),
);
export type SnapPartnerSecrets = z.infer<typeof snapPartnerSchema>;
export const snapSecretsSchema = z.lazy(() =>
  z.strictObject({
    partners: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,40}$/), snapPartnerSchema),
    /** Sign the access tokens we give out, the first is current; derived from the intake keys where none stand here. */
    tokenKeys: z.array(z.string().min(16)).min(1).optional(),
  }),
);
export type SnapSecrets = z.infer<typeof snapSecretsSchema>;

export const shopeeSecretsSchema = z.lazy(() => z.strictObject({ partnerKeys: secretList, publicUrl: z.url() }));
export type ShopeeSecrets = z.infer<typeof shopeeSecretsSchema>;

/** TikTok Shop (with Tokopedia) and Lazada sign alike: an app's key and its secret. */
export const shopAppSecretsSchema = z.lazy(() => z.strictObject({ appKey: z.string().min(1), appSecrets: secretList }));
export type ShopAppSecrets = z.infer<typeof shopAppSecretsSchema>;

/** By section of the configuration; each is one secret of a deployment, `gateways/<section>`. */
export const GATEWAY_SECTIONS = {
  midtrans: midtransSecretsSchema,
  xendit: xenditSecretsSchema,
  doku: dokuSecretsSchema,
  stripe: stripeSecretsSchema,
  snap: snapSecretsSchema,
  shopee: shopeeSecretsSchema,
  'tiktok-shop': shopAppSecretsSchema,
  lazada: shopAppSecretsSchema,
  partner: partnersSchema,
} as const;
export type GatewaySection = keyof typeof GATEWAY_SECTIONS;
export type GatewaySecrets = {
  readonly [Section in GatewaySection]?: z.infer<(typeof GATEWAY_SECTIONS)[Section]> | undefined;
};

export const gatewaysSchema = z.lazy(() => z.strictObject(GATEWAY_SECTIONS).partial());

const isoDuration = z
  .string()
  .regex(/^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/, 'an ISO 8601 duration such as PT10M');

/** For development and demonstrations. `…Every`: one in so many workers, 0 = none. */
const simulatorSettings = () =>
  z.strictObject({
    kind: z.literal('simulator'),
    acceptAfter: isoDuration.default('PT10M'),
    rejectEvery: z.int().min(0).default(0),
    /** In turn. */
    rejectReasons: z.array(z.enum(REJECTIONS)).min(1).default(['registrar_rejected']),
    /** The second part comes twice as late as the first, and so on. */
    answerInParts: z.int().min(1).max(100).default(1),
    delayEvery: z.int().min(0).default(0),
    delayedBy: isoDuration.default('P1D'),
    /** Says everything twice. */
    repeats: z.boolean().default(false),
    /** Answers in the opposite order. */
    reversed: z.boolean().default(false),
    /** Says the opposite right after. */
    contradictEvery: z.int().min(0).default(0),
  });

/** `file`: a real office, whose batches are taken from and answers brought to `/api/registrar`. */
const registrarSettings = () =>
  z.discriminatedUnion('kind', [simulatorSettings(), z.strictObject({ kind: z.literal('file') })]);

/** One of the staff, who gets a campaign's words before anybody else does; named, so that no number travels. */
const testRecipientSchema = z.lazy(() =>
  z.strictObject({
    name: z.string().regex(/^[a-z0-9-]{1,40}$/),
    channel: z.enum(WORKER_CHANNELS),
    /** E.164. */
    to: z.string().regex(/^\+[1-9]\d{6,14}$/),
  }),
);
export type TestRecipient = z.infer<typeof testRecipientSchema>;

/** Everything that is not secret. On AWS it is the `SETTINGS` variable of the functions. */
const allSettings = () =>
  z.strictObject({
    /** Where people reach the pages, where that is not the API's own address. */
    publicUrl: z
      .url({ protocol: /^https?$/ })
      .nullable()
      .default(null),
    registrar: registrarSettings().prefault({ kind: 'simulator' }),
    reconciliation: z
      .strictObject({
        /** A payment no statement named within so many days is missing there; by gateway, `*` for all others. */
        settledWithinDays: z.record(z.string(), z.int().min(1).max(365)).prefault({}),
      })
      .prefault({}),
    messaging: messagingSettingsSchema.prefault({}),
    lifecycle: z
      .strictObject({ groups: z.int().min(1).max(64).default(1), shards: z.int().min(1).max(4096).default(2) })
      .prefault({}),
    tariff: tariffSettings.prefault({}),
    campaigns: z.strictObject({ testRecipients: z.array(testRecipientSchema).max(50).default([]) }).prefault({}),
    workers: z
      .strictObject({
        minimumAge: z.int().min(0).default(15),
        maximumAgeAtRegistration: z.int().min(1).default(65),
      })
      .prefault({}),
  });
export const settingsSchema = z.lazy(allSettings);
export type Settings = z.infer<typeof settingsSchema>;

const namedOperatorsSchema = z.lazy(() =>
  z.array(z.strictObject({ name: z.string().min(1), token: z.string().min(16) })),
);
export type NamedOperators = z.infer<typeof namedOperatorsSchema>;

/** The whole file given to `npm start --config`. */
export const configurationSchema = z.lazy(() =>
  allSettings().extend({
    gateways: gatewaysSchema.prefault({}),
    /** Secrets of those who carry messages; on AWS they stand in the secret `messaging`. */
    messengers: messagingSecretsSchema.prefault({}),
    /** Operators by name, beside the token the engine makes; on AWS they stand in the secret `operators`. */
    operators: z.strictObject({ people: namedOperatorsSchema }).prefault({ people: [] }),
  }),
);
export type Configuration = z.infer<typeof configurationSchema>;

let parsed: { text: string; settings: Settings } | undefined;

/** The settings of this deployment, from the environment. */
export function settings(): Settings {
  const text = process.env.SETTINGS ?? '{}';
  if (parsed?.text !== text) parsed = { text, settings: settingsSchema.parse(JSON.parse(text)) };
  return parsed.settings;
}

/** Where people reach the pages, without a slash at the end; null where nobody said so. */
export function publicUrl(): string | null {
  const url = settings().publicUrl ?? process.env.PUBLIC_URL;
  return url?.replace(/\/+$/, '') ?? null;
}

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function durationSeconds(duration: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (!match) throw new Error(`not a duration: ${duration}`);
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
