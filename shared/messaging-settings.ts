/** How messages reach people: what is not secret stands in the settings, what is in the secret `messaging`. */
import * as z from 'zod';

const secretList = z.lazy(() => z.array(z.string().min(1)).min(1));
/** Ours, or a provider's on this machine while it is tried out. */
const address = z.lazy(() => z.url({ protocol: /^https?$/ }));

const whatsappSettings = z.lazy(() =>
  z.strictObject({
    /** With the version of the Graph API. */
    api: address.default('https://graph.facebook.com/v23.0'),
    phoneNumberId: z.string().regex(/^\d+$/),
    /** By our name, where the provider approved a template under another. */
    templateNames: z.record(z.string(), z.string().min(1)).default({}),
  }),
);
export type WhatsappSettings = z.infer<typeof whatsappSettings>;

const smsSettings = z.lazy(() =>
  z.strictObject({
    api: address.default('https://api.twilio.com'),
    accountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
    /** A number of ours, or the name that stands where a number would. */
    from: z.string().min(1),
  }),
);
export type SmsSettings = z.infer<typeof smsSettings>;

const emailSettings = z.lazy(() =>
  z.strictObject({
    /** An address of a domain that SES has verified for us. */
    from: z.string().min(3),
    /** Where SES tells of what became of messages. */
    configurationSet: z.string().min(1).optional(),
  }),
);
export type EmailSettings = z.infer<typeof emailSettings>;

export const messagingSettingsSchema = z.lazy(() =>
  z.strictObject({
    /** `outbox` keeps every message in the vault and sends none. */
    kind: z.enum(['outbox', 'providers']).default('outbox'),
    /** Hours of the worker's own zone in which messages may come. */
    hours: z
      .strictObject({ fromHour: z.int().min(0).max(23).default(8), untilHour: z.int().min(1).max(24).default(20) })
      .prefault({})
      .refine(({ fromHour, untilHour }) => fromHour < untilHour, 'fromHour comes before untilHour'),
    /** Reminders to one person on one day. */
    dailyCap: z.int().min(1).default(1),
    /** So long we wait to hear of a message whose sending broke off, before it is sent again. */
    patienceMinutes: z.int().min(1).default(15),
    /** A channel that stands not here is not used. */
    whatsapp: whatsappSettings.optional(),
    sms: smsSettings.optional(),
    email: emailSettings.optional(),
  }),
);
export type MessagingSettings = z.infer<typeof messagingSettingsSchema>;

/** Every list is tried through, the first is current, so that each of them can be replaced while messages travel. */
export const messagingSecretsSchema = z.lazy(() =>
  z.strictObject({
    whatsapp: z.strictObject({ accessTokens: secretList, appSecrets: secretList, verifyTokens: secretList }).optional(),
    /** The tokens of the account: they send, and they sign what the provider tells us. */
    sms: z.strictObject({ authTokens: secretList }).optional(),
    /** Sign replies to messages of the outbox. */
    outbox: z.strictObject({ keys: secretList }).optional(),
  }),
);
export type MessagingSecrets = z.infer<typeof messagingSecretsSchema>;
