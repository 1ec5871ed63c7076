/** The ways a message can take to a person. */
export const CHANNELS = ['whatsapp', 'sms', 'email'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Of a worker we know a telephone number and no other address. */
export const WORKER_CHANNELS = ['whatsapp', 'sms'] as const satisfies readonly Channel[];
export type WorkerChannel = (typeof WORKER_CHANNELS)[number];
