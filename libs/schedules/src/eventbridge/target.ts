import type { CreateScheduleCommandInput, GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import { deadLetterQueueName, queueName, type ServiceDefinition } from '@lethe/topology';
import { listOf, readCron } from '../cron-fields.js';
import { type Recurrence, formatRecurrence, timeZoneOf } from '../recurrence.js';
import type { Schedule } from '../schedule.js';

/** Where in AWS the service's queue is, and who may write to it. */
export interface EventBridgePlace {
  readonly region: string;
  readonly accountId: string;
  /** ARN of the role that EventBridge takes on; it may `sqs:SendMessage` to the service's queues. */
  readonly roleArn: string;
}

/** What EventBridge puts in place of this is the time of the tick, as `2026-03-29T01:30:00Z`. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/**
 * What EventBridge tries before it gives the message to the dead-letter queue: its own limits, written down.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 */
const RETRY_POLICY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/** The definition of a schedule, as EventBridge keeps it. */
export type EventBridgeSchedule = Omit<CreateScheduleCommandInput, 'ClientToken'>;

/**
 * Fires to the minute (no flexible window), into the queue of the command's owner, as the envelope that its consumer
 * reads. The envelope's id is that of the tick (`tickId` of @lethe/topology), so that what EventBridge delivers twice,
 * as it may, is one message to the inbox.
 */
export function eventBridgeSchedule(
  schedule: Schedule,
  topology: string,
  service: ServiceDefinition,
  { region, accountId, roleArn }: EventBridgePlace,
): EventBridgeSchedule {
  const arnOf = (queue: string): string => `arn:aws:sqs:${region}:${accountId}:${queue}`;
  const { name, every } = schedule;
  return {
    Name: name,
    GroupName: groupName(topology, service),
    State: 'ENABLED',
    ScheduleExpression: expressionOf(every),
    ScheduleExpressionTimezone: timeZoneOf(every),
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: arnOf(queueName(topology, service.name, service.queue)),
      RoleArn: roleArn,
      Input: inputOf(schedule, service.name),
      RetryPolicy: RETRY_POLICY,
      // EventBridge takes standard queues alone for its dead letters, and that of a FIFO queue is none.
      ...(service.queue?.fifo === true
        ? { SqsParameters: { MessageGroupId: schedule.key } }
        : { DeadLetterConfig: { Arn: arnOf(deadLetterQueueName(topology, service.name)) } }),
    },
  };
}

/** A service has a group of its own, so that what it no longer defines can be told from what others define. */
export function groupName(topology: string, { name }: Pick<ServiceDefinition, 'name'>): string {
  return `${topology}-${name}`;
}

/** Whether what EventBridge has is what is wanted; of members that it adds by itself nothing is said. */
export function isInLine(kept: GetScheduleCommandOutput, wanted: EventBridgeSchedule): boolean {
  return contains(kept, wanted);
}

function contains(kept: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return kept === wanted;
  if (typeof kept !== 'object' || kept === null) return false;
  const members = new Map<string, unknown>(Object.entries(kept));
  return Object.entries(wanted).every(([name, value]) => contains(members.get(name), value));
}

/** EventBridge counts days from Sunday, 1, wants one of the two days to be `?`, and a year. */
function expressionOf(every: Recurrence): string {
  if (every.kind === 'rate') return formatRecurrence(every);
  const { minute, hour, dayOfMonth, month, dayOfWeek } = readCron(every.expression);
  const weekly = dayOfWeek !== '*';
  const days = [weekly ? '?' : listOf(dayOfMonth), listOf(month), weekly ? listOf(dayOfWeek, 1) : '?'];
  return `cron(${listOf(minute)} ${listOf(hour)} ${days.join(' ')} *)`;
}

function inputOf({ name, command, data, key }: Schedule, source: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `tick:${name}@${SCHEDULED_TIME}`,
    source,
    type: command.type,
    time: SCHEDULED_TIME,
    subject: key,
    datacontenttype: 'application/json',
    actor: `service:${source}`,
    data: { ...data, scheduledAt: SCHEDULED_TIME },
  });
}
