/** EventBridge Scheduler the way its SDK calls it: POST, GET and DELETE of `/schedules/<name>`, with its group. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CreatedSchedules } from '../schedules/created-schedules.ts';
import { nextTime } from '../schedules/cron.ts';
import { functionNameIn } from '../template/system.ts';
import type { Properties } from '../template/template.ts';

export interface ScheduleServiceOptions {
  readonly created: CreatedSchedules;
  /** What a schedule may start. */
  readonly functionNames: readonly string[];
  /** Called after each change. */
  readonly changed: () => void;
}

/** Answers, or says that the request is for somebody else. */
export type ScheduleService = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

const NAME = /^\/schedules\/([0-9a-zA-Z-_.]{1,64})$/;
const DEFAULT_GROUP = 'default';

export function scheduleService(options: ScheduleServiceOptions): ScheduleService {
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const [, name] = NAME.exec(pathname) ?? [];
    if (name === undefined) return false;
    const body = await bodyOf(request);
    const group = String(body.GroupName ?? searchParams.get('groupName') ?? DEFAULT_GROUP);
    const { status, body: answered, error } = answerTo(request.method, `${group}/${name}`, body, options);
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-requestid': randomUUID(),
      ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
    });
    response.end(JSON.stringify(answered));
    return true;
  };
}

function answerTo(
  method: string | undefined,
  name: string,
  body: Properties,
  { created, functionNames, changed }: ScheduleServiceOptions,
): Answer {
  const known = created.find(name);
  if (method === 'POST') {
    if (known) return refusal(409, 'ConflictException', `Schedule ${name} already exists.`);
    const wrong = faultOf(body, functionNames);
    if (wrong !== null) return refusal(400, 'ValidationException', wrong);
    created.put(name, body);
    changed();
    return { status: 200, body: { ScheduleArn: `arn:aws:scheduler:::schedule/${name}` } };
  }
  if (!known) return refusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  if (method === 'GET') return { status: 200, body: { ...known, Name: name.split('/')[1] } };
  if (method !== 'DELETE') return refusal(400, 'ValidationException', `the embedded engine has no local ${method}`);
  created.delete(name);
  changed();
  return { status: 200, body: {} };
}

/** What Scheduler would refuse, and what could never ring here. */
function faultOf(body: Properties, functionNames: readonly string[]): string | null {
  const target = body.Target as { Arn?: string; RoleArn?: string; Input?: string } | undefined;
  if (!target?.Arn || !target.RoleArn) return 'a schedule needs a target and a role';
  if ((body.FlexibleTimeWindow as { Mode?: string } | undefined)?.Mode === undefined)
    return 'a schedule needs a flexible time window, or OFF';
  try {
    JSON.parse(target.Input ?? '{}');
    nextTime(String(body.ScheduleExpression), String(body.ScheduleExpressionTimezone ?? 'UTC'), 0);
    return functionNames.includes(functionNameIn(target.Arn)) ? null : `there is no function ${target.Arn}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Properties> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

function refusal(status: number, error: string, message: string): Answer {
  return { status, error, body: { Message: message } };
}
