/** What the functions find in their environment. Imported before any of them, for some of it is read only once. */
export const QUEUE_URLS = {
  payments: 'https://queues.test/payments',
  funds: 'https://queues.test/funds.fifo',
  enrolments: 'https://queues.test/enrolments',
  nudges: 'https://queues.test/nudges',
  imports: 'https://queues.test/imports',
  statements: 'https://queues.test/statements',
} as const;
export type QueueName = keyof typeof QUEUE_URLS;

Object.assign(process.env, {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_DEV: 'false',
  AWS_REGION: 'ap-southeast-3',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  STAGE: 'test',
  TABLE_NAME: 'table-0',
  REMINDERS_TABLE_NAME: 'reminders-0',
  VAULT_TABLE_NAME: 'vault-0',
  SECRETS_PREFIX: 'lingkaran/test/',
  LIFECYCLE_ARN: 'arn:aws:states:ap-southeast-3:111111111111:stateMachine:coverage-lifecycle',
  PAYMENTS_QUEUE_URL: QUEUE_URLS.payments,
  FUNDS_QUEUE_URL: QUEUE_URLS.funds,
  ENROLMENTS_QUEUE_URL: QUEUE_URLS.enrolments,
  NUDGES_QUEUE_URL: QUEUE_URLS.nudges,
  IMPORTS_QUEUE_URL: QUEUE_URLS.imports,
  FILES_QUEUE_URL: 'https://queues.test/files',
  STATEMENTS_QUEUE_URL: 'https://queues.test/statements',
});
