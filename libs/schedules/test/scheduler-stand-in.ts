import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { z } from 'zod';

const name = z.string().regex(/^[0-9a-zA-Z-_.]{1,64}$/);
const arn = (service: string): z.ZodString =>
  z.string().regex(new RegExp(`^arn:aws:${service}:[a-z0-9-]*:\\d{12}:.+$`));

/** What EventBridge Scheduler asks of a schedule (API reference, CreateSchedule), as far as it is used here. */
const scheduleSchema = z.strictObject({
  ClientToken: z.string().min(1).max(64),
  GroupName: name.default('default'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ScheduleExpression: z
    .string()
    .regex(/^(cron\((\S+ ){5}\S+\)|rate\((1 (minute|hour|day)|\d+ (minutes|hours|days))\)|at\(.+\))$/)
    .refine((text) => !text.startsWith('cron') || oneDayIsOpen(text), 'one of the days must be ?'),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  FlexibleTimeWindow: z.strictObject({ Mode: z.enum(['OFF', 'FLEXIBLE']) }),
  Target: z.strictObject({
    Arn: arn('sqs'),
    RoleArn: arn('iam'),
    Input: z.string().min(1),
    DeadLetterConfig: z.strictObject({ Arn: arn('sqs') }).optional(),
    RetryPolicy: z
      .strictObject({
        MaximumEventAgeInSeconds: z.int().min(60).max(86_400),
        MaximumRetryAttempts: z.int().min(0).max(185),
      })
      .default({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }),
    SqsParameters: z.strictObject({ MessageGroupId: z.string().min(1).max(128) }).optional(),
  }),
});
type Kept = z.output<typeof scheduleSchema>;

function oneDayIsOpen(text: string): boolean {
  const [, , dayOfMonth, , dayOfWeek] = text.slice(5, -1).split(' ');
  return (dayOfMonth === '?') !== (dayOfWeek === '?');
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The REST protocol of EventBridge Scheduler, as the SDK speaks it; it fires when it is told to. */
export class SchedulerStandIn {
  readonly groups = new Set(['default']);
  readonly schedules = new Map<string, Kept>();
  /** Each request as `METHOD /path`. */
  readonly requests: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<SchedulerClient> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new SchedulerClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${address.port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The body that lands in the queue at a tick: context attributes are filled in, wherever they stand. */
  fire(key: string, tick: string): { queue: string; body: string } {
    const kept = this.schedules.get(key);
    if (kept === undefined) throw new Error(`no schedule ${key}`);
    const { Arn, Input } = kept.Target;
    return { queue: Arn, body: Input.replaceAll('<aws.scheduler.scheduled-time>', tick) };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    this.requests.push(`${request.method} ${url.pathname}`);
    const body = await text(request);
    try {
      const answer = this.#answer(request.method ?? '', url, body === '' ? {} : JSON.parse(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const { status, code, message } =
        error instanceof Refusal ? error : new Refusal(400, 'ValidationException', String(error));
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
      response.end(JSON.stringify({ Message: message }));
    }
  }

  #answer(method: string, { pathname, searchParams }: URL, body: unknown): unknown {
    const [, collection, given = ''] = pathname.split('/');
    if (collection === 'schedule-groups' && method === 'POST') return this.#createGroup(given);
    if (collection !== 'schedules') throw new Refusal(404, 'ResourceNotFoundException', pathname);
    if (given === '') return this.#list(searchParams);
    if (method === 'POST' || method === 'PUT') return this.#put(method, given, scheduleSchema.parse(body));
    const key = `${searchParams.get('groupName') ?? 'default'}/${given}`;
    const kept = this.#kept(key);
    if (method === 'DELETE') this.schedules.delete(key);
    const { ClientToken: _, ...members } = kept;
    return method === 'DELETE' ? {} : { ...members, Name: given, Arn: this.#arn(key), CreationDate: 1.7e9 };
  }

  #createGroup(group: string): unknown {
    if (this.groups.has(group)) throw new Refusal(409, 'ConflictException', `${group} exists`);
    this.groups.add(name.parse(group));
    return { ScheduleGroupArn: `arn:aws:scheduler:eu-west-1:000000000000:schedule-group/${group}` };
  }

  #put(method: string, given: string, schedule: Kept): unknown {
    const key = `${schedule.GroupName}/${name.parse(given)}`;
    if (!this.groups.has(schedule.GroupName)) throw new Refusal(404, 'ResourceNotFoundException', schedule.GroupName);
    if (method === 'PUT') this.#kept(key);
    else if (this.schedules.has(key)) throw new Refusal(409, 'ConflictException', `${key} exists`);
    this.schedules.set(key, schedule);
    return { ScheduleArn: this.#arn(key) };
  }

  /** Two to a page, as small as a page may be without being the whole. */
  #list(query: URLSearchParams): unknown {
    const group = query.get('ScheduleGroup') ?? '';
    if (!this.groups.has(group)) throw new Refusal(404, 'ResourceNotFoundException', group);
    const all = [...this.schedules.keys()].filter((key) => key.startsWith(`${group}/`)).toSorted();
    const from = Number(query.get('NextToken') ?? 0);
    const Schedules = all.slice(from, from + 2).map((key) => ({ Name: key.split('/')[1], GroupName: group }));
    return { Schedules, ...(from + 2 < all.length ? { NextToken: String(from + 2) } : {}) };
  }

  #kept(key: string): Kept {
    const kept = this.schedules.get(key);
    if (kept === undefined) throw new Refusal(404, 'ResourceNotFoundException', `no schedule ${key}`);
    return kept;
  }

  #arn(key: string): string {
    return `arn:aws:scheduler:eu-west-1:000000000000:schedule/${key}`;
  }
}
