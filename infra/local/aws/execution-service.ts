/** `AWSStepFunctions.*`: starting and looking after executions. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../database.ts';
import type { ExecutionRow, Executions } from '../lifecycle/executions.ts';
import { answer, type Service, type ServiceAnswer, ServiceError, seconds } from './service.ts';

const PAGE = 100;
const NAME = /^[A-Za-z0-9_-]{1,80}$/;

type Input = Readonly<Record<string, unknown>>;

export function executionService(executions: Executions, database: Database, now: () => number): Service {
  function found(input: Input): ExecutionRow {
    const row = executions.find(String(input.executionArn));
    if (!row) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${input.executionArn}'`);
    return row;
  }

  return {
    StartExecution: (input) => start(executions, input),
    DescribeExecution: (input) => answer(described(found(input))),
    ListExecutions: (input) => list(database, input),
    GetExecutionHistory: (input) => history(database, found(input)),
    StopExecution: (input) => {
      executions.abort(found(input), text(input.error), text(input.cause));
      return answer({ stopDate: seconds(now()) });
    },
    RedriveExecution: (input) => {
      const row = found(input);
      if (row.status === 'RUNNING' || row.status === 'SUCCEEDED')
        throw new ServiceError('ExecutionNotRedrivable', `Execution is ${row.status} and cannot be redriven`);
      executions.redrive(row);
      return answer({ redriveDate: seconds(now()) });
    },
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The same name and input again, while it runs, is the same start. */
function start(executions: Executions, input: Input): ServiceAnswer {
  const machineArn = String(input.stateMachineArn);
  if (!executions.definitionOf(machineArn))
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
  const name = text(input.name) ?? randomUUID();
  if (!NAME.test(name)) throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  const given = text(input.input) ?? '{}';
  if (!isJson(given))
    throw new ServiceError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const open = executions.find(arn);
  if (open && !(open.status === 'RUNNING' && open.input === given))
    throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  const row = open ?? executions.start(machineArn, arn, name, given);
  return answer({ executionArn: arn, startDate: seconds(row.started_ms) });
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function summary(row: ExecutionRow): Record<string, unknown> {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machine_arn,
    name: row.name,
    status: row.status,
    startDate: seconds(row.started_ms),
    ...(row.stopped_ms === null ? {} : { stopDate: seconds(row.stopped_ms) }),
    redriveCount: row.redrive_count,
  };
}

function described(row: ExecutionRow): Record<string, unknown> {
  return {
    ...summary(row),
    input: row.input,
    ...(row.output === null ? {} : { output: row.output }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    redriveStatus: row.status === 'FAILED' || row.status === 'ABORTED' ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
  };
}

function list(database: Database, input: Input): ServiceAnswer {
  const offset = Number(input.nextToken ?? 0);
  const limit = Number(input.maxResults ?? 0) || PAGE;
  const status = text(input.statusFilter);
  const rows = database
    .prepare(
      `SELECT * FROM executions WHERE machine_arn = ? AND (? IS NULL OR status = ?)
       ORDER BY started_ms DESC, arn LIMIT ? OFFSET ?`,
    )
    .all(String(input.stateMachineArn), status, status, limit + 1, offset) as unknown as ExecutionRow[];
  const more = rows.length > limit;
  return answer({
    executions: rows.slice(0, limit).map(summary),
    ...(more ? { nextToken: String(offset + limit) } : {}),
  });
}

interface EventRow {
  readonly id: number;
  readonly at_ms: number;
  readonly type: string;
  readonly state: string | null;
  readonly details: string | null;
}

function history(database: Database, { arn }: ExecutionRow): ServiceAnswer {
  const rows = database
    .prepare('SELECT * FROM execution_events WHERE execution_arn = ? ORDER BY id')
    .all(arn) as unknown as EventRow[];
  return answer({ events: rows.map(historyEvent) });
}

function historyEvent({ id, at_ms, type, state, details }: EventRow): Record<string, unknown> {
  const event = { id, previousEventId: id - 1, timestamp: seconds(at_ms), type };
  if (type === 'ExecutionFailed') return { ...event, executionFailedEventDetails: JSON.parse(details ?? '{}') };
  if (state === null) return event;
  const key = type.endsWith('Exited') ? 'stateExitedEventDetails' : 'stateEnteredEventDetails';
  return { ...event, [key]: { name: state, ...(details === null ? {} : { input: details }) } };
}
