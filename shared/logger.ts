/**
 * Structured logs and metrics of every function. A line carries ids (donation, cover, cohort, request) and reasons,
 * never personal data (I9), so whatever is logged about an error goes through `errorFields`.
 */
import { Logger, type LogItem } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export type LogFields = Readonly<Record<string, unknown>>;

/** What the logic of a function sees of the logger. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What the logic of a function sees of the metrics. */
export interface Meter {
  count(name: string, dimensions?: Readonly<Record<string, string>>, amount?: number): void;
}

export const METRICS_NAMESPACE = 'Lingkaran';

/** Outside Lambda standard output belongs to the command that runs us, so logs take the other stream. */
function outsideLambda(): boolean {
  return !process.env.AWS_LAMBDA_FUNCTION_NAME;
}

class FunctionLogger extends Logger {
  protected override printLog(logLevel: number, item: LogItem): void {
    if (outsideLambda()) {
      item.prepareForPrint();
      process.stderr.write(`${JSON.stringify(item.getAttributes(), this.getJsonReplacer())}\n`);
    } else super.printLog(logLevel, item);
  }
}

export function loggerFor(functionName: string): Logger & Log {
  return new FunctionLogger({ serviceName: functionName }) as Logger & Log;
}

/** Each count is its own embedded-metric line: nothing is kept between invocations, so nothing can be lost or mixed. */
export function meterFor(functionName: string): Meter {
  if (outsideLambda()) return { count: () => undefined };
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: functionName });
  return {
    count(name, dimensions = {}, amount = 1) {
      const metric = metrics.singleMetric();
      metric.addDimensions({ ...dimensions });
      metric.addMetric(name, MetricUnit.Count, amount);
    },
  };
}

/** Field names of our own errors that are safe and useful to log. */
const SAFE_FIELDS = ['reason', 'field', 'invariant', 'code'] as const;

/**
 * An error as it may be logged. The message of a foreign error may quote what it choked on (`JSON.parse` does),
 * so only messages of our own classes and of AWS services are kept; of the others the class and the frames.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const known = 'reason' in error || 'invariant' in error || '$metadata' in error;
  const fields: Record<string, unknown> = { errorName: error.name };
  for (const name of SAFE_FIELDS) {
    const value = (error as unknown as Record<string, unknown>)[name];
    if (typeof value === 'string') fields[name] = value;
  }
  if (known) fields.errorMessage = error.message;
  fields.frames = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
  if (error.cause !== undefined && error.cause !== error) fields.cause = errorFields(error.cause);
  return fields;
}

/** For tests and tools that must stay silent. */
export const SILENT_LOG: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
export const SILENT_METER: Meter = { count: () => undefined };
