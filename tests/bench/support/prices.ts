/**
 * List prices in USD, us-east-1, as known in November 2026. Those of Jakarta (ap-southeast-3) could not be looked up
 * from here and must be before anybody budgets with them; a quarter more is the allowance the capacity plan takes.
 */
export const PRICES_AS_OF = '2026-11, us-east-1 list';

const PER_MILLION = 1e-6;

export const PRICES = {
  /** DynamoDB on demand. */
  writeUnit: 0.625 * PER_MILLION,
  readUnit: 0.125 * PER_MILLION,
  queueCall: 0.4 * PER_MILLION,
  apiCall: 1.0 * PER_MILLION,
  invocation: 0.2 * PER_MILLION,
  /** Lambda on Arm. */
  gigabyteSecond: 0.000_013_333_4,
  /** Step Functions, Standard. */
  stateTransition: 25 * PER_MILLION,
  /** USD 0.03 per 10,000. */
  keyCall: 3 * PER_MILLION,
  /** USD 0.05 per 10,000. */
  secretCall: 5 * PER_MILLION,
} as const;
