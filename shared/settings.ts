/** The configuration of contract.md: read once at the edge, an unknown key or wrong type is an error naming the path. */
import * as z from 'zod';

const secretList = z.array(z.string().min(1)).min(1);

export const midtransSecretsSchema = z.strictObject({
  serverKeys: secretList,
  /** A separate notification signing key where the dashboard shows one; the server keys otherwise. */
  signatureKeys: secretList.optional(),
  statusApi: z.url().nullable().default(null),
});
export type MidtransSecrets = z.infer<typeof midtransSecretsSchema>;

export const partnerSecretsSchema = z.strictObject({
  secrets: z.array(z.string().startsWith('whsec_')).min(1),
  fundClass: z.enum(['general', 'csr', 'zakat']).default('general'),
  toleranceSeconds: z.int().positive().default(300),
});
export type PartnerSecrets = z.infer<typeof partnerSecretsSchema>;
export const partnersSchema = z.record(z.string().regex(/^[a-z0-9-]{1,40}$/), partnerSecretsSchema);

export const gatewaysSchema = z.strictObject({
  midtrans: midtransSecretsSchema.optional(),
  partner: partnersSchema.optional(),
});
export type GatewaySecrets = z.infer<typeof gatewaysSchema>;

/**
 * Gateways whose configuration is fixed by the contract and whose adapters are not built: their section is checked, and
 * their path answers 404 like that of a gateway nobody configured.
 */
const gatewaysToComeSchema = {
  xendit: z.strictObject({ callbackTokens: secretList, statusApi: z.url().nullable().default(null) }).optional(),
  doku: z
    .strictObject({ clientId: z.string().min(1), secretKeys: secretList, requestTarget: z.string().startsWith('/') })
    .optional(),
  stripe: z.strictObject({ endpointSecrets: secretList }).optional(),
  snap: z
    .strictObject({
      partners: z.record(
        z.string().min(1),
        z.strictObject({
          clientKey: z.string().min(1),
          publicKeyPem: z.string().optional(),
          clientSecrets: secretList.optional(),
          encoding: z.enum(['base64', 'hex']).default('base64'),
          pathPrefix: z.string().default(''),
        }),
      ),
    })
    .optional(),
  shopee: z.strictObject({ partnerKeys: secretList, publicUrl: z.url() }).optional(),
  'tiktok-shop': z.strictObject({ appKey: z.string().min(1), appSecrets: secretList }).optional(),
  lazada: z.strictObject({ appKey: z.string().min(1), appSecrets: secretList }).optional(),
};

const isoDuration = z
  .string()
  .regex(/^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/, 'an ISO 8601 duration such as PT10M');

/** Everything that is not secret. On AWS it is the `SETTINGS` variable of the functions. */
export const settingsSchema = z.strictObject({
  registrar: z
    .strictObject({
      kind: z.literal('simulator'),
      acceptAfter: isoDuration.default('PT10M'),
      /** One in so many workers is rejected; 0 = none. */
      rejectEvery: z.int().min(0).default(0),
    })
    .prefault({ kind: 'simulator' }),
  messaging: z.strictObject({ kind: z.literal('outbox') }).prefault({ kind: 'outbox' }),
  lifecycle: z
    .strictObject({ groups: z.int().min(1).max(64).default(1), shards: z.int().min(1).max(4096).default(2) })
    .prefault({}),
  workers: z
    .strictObject({
      minimumAge: z.int().min(0).default(15),
      maximumAgeAtRegistration: z.int().min(1).default(65),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** The whole file given to `npm start --config`. */
export const configurationSchema = settingsSchema.extend({
  gateways: gatewaysSchema.extend(gatewaysToComeSchema).prefault({}),
});
export type Configuration = z.infer<typeof configurationSchema>;

let parsed: { text: string; settings: Settings } | undefined;

/** The settings of this deployment, from the environment. */
export function settings(): Settings {
  const text = process.env.SETTINGS ?? '{}';
  if (parsed?.text !== text) parsed = { text, settings: settingsSchema.parse(JSON.parse(text)) };
  return parsed.settings;
}

/** Seconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function durationSeconds(duration: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (!match) throw new Error(`not a duration: ${duration}`);
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
