import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import { decodeEnvelope, defineService, readMessage } from '@lethe/topology';
import { eventBridgeSchedule } from '../src/eventbridge/target.js';
import { EventBridgeSchedules } from '../src/eventbridge/event-bridge-schedules.js';
import { cron, rate } from '../src/recurrence.js';
import { type Schedule, defineSchedule } from '../src/schedule.js';
import { syncSchedules } from '../src/schedules.js';
import { Count, depot } from './fixture.js';
import { SchedulerStandIn } from './scheduler-stand-in.js';

const place = {
  region: 'eu-west-1',
  accountId: '000000000000',
  roleArn: 'arn:aws:iam::000000000000:role/lethe-scheduler',
};
const nightly = defineSchedule<typeof Count>({
  name: 'count-shelf',
  command: Count,
  every: cron('30 2 * * MON-FRI', { timeZone: 'Europe/Berlin' }),
  data: { shelf: 'a' },
});
const KEY = 'lethe-depot/count-shelf';

describe('schedules in EventBridge', () => {
  let standIn: SchedulerStandIn;
  let client: SchedulerClient;
  let schedules: EventBridgeSchedules;
  beforeEach(async () => {
    standIn = new SchedulerStandIn();
    client = await standIn.start();
    schedules = new EventBridgeSchedules({ ...place, client, topology: 'lethe', service: depot });
  });
  afterEach(async () => {
    client.destroy();
    await standIn.stop();
  });

  it('go to the queue of the service to the minute, and what cannot be delivered to its dead-letter queue', async () => {
    await schedules.put(nightly);

    expect(standIn.schedules.get(KEY)).toMatchObject({
      State: 'ENABLED',
      ScheduleExpression: 'cron(30 2 ? * 2,3,4,5,6 *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:sqs:eu-west-1:000000000000:lethe-depot',
        RoleArn: place.roleArn,
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:000000000000:lethe-depot-dlq' },
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    });
  });

  it('R29: are one message per tick, however often EventBridge delivers it', async () => {
    await schedules.put(nightly);

    const [first, again, next] = ['2026-11-23T01:30:00Z', '2026-11-23T01:30:00Z', '2026-11-24T01:30:00Z'].map((tick) =>
      readMessage(Count, decodeEnvelope(standIn.fire(KEY, tick).body)),
    );

    expect(first).toMatchObject({
      source: 'depot',
      actor: 'service:depot',
      subject: 'schedule:count-shelf',
      data: { shelf: 'a', scheduledAt: '2026-11-23T01:30:00Z' },
    });
    expect(again?.id).toBe(first?.id);
    expect(next?.id).not.toBe(first?.id);
  });

  it('are left alone where they are in line, since an update begins the count of a rate anew', async () => {
    await schedules.put(nightly);
    standIn.requests.length = 0;

    await schedules.put(nightly);
    expect(standIn.requests).toEqual(['GET /schedules/count-shelf']);
    await schedules.put({ ...nightly, every: rate(90, 'minute') });

    expect(standIn.requests.slice(1)).toEqual(['GET /schedules/count-shelf', 'PUT /schedules/count-shelf']);
    expect(standIn.schedules.get(KEY)?.ScheduleExpression).toBe('rate(90 minutes)');
  });

  it('are brought in line by two deployments at once', async () => {
    await Promise.all([1, 2, 3].map(() => schedules.put(nightly)));

    expect([...standIn.schedules.keys()]).toEqual([KEY]);
  });

  it('are those that the service defines, and of its own group alone', async () => {
    expect(await schedules.list()).toEqual([]);
    const named = (name: string): Schedule => ({ ...nightly, name });
    await syncSchedules(schedules, ['a', 'b', 'c', 'd', 'e'].map(named));
    const others = new EventBridgeSchedules({
      ...place,
      client,
      topology: 'lethe',
      service: defineService({ name: 'shop' }),
    });
    await others.put(named('z'));

    await syncSchedules(schedules, ['b', 'f'].map(named));
    await schedules.remove('never-was');

    expect(await schedules.list()).toEqual(['b', 'f']);
    expect(await others.list()).toEqual(['z']);
  });

  it('throw what AWS refuses', async () => {
    const odd = new EventBridgeSchedules({ ...place, roleArn: 'nobody', client, topology: 'lethe', service: depot });

    await expect(odd.put(nightly)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('the expression of EventBridge', () => {
  it('says the same as that of cron', () => {
    const said = (every: Schedule['every']) =>
      eventBridgeSchedule({ ...nightly, every }, 'lethe', depot, place).ScheduleExpression;

    expect(said(cron('*/20 9-17/4 1,15 JAN-MAR *'))).toBe('cron(0,20,40 9,13,17 1,15 1,2,3 ? *)');
    expect(said(cron('0 0 * * 7'))).toBe('cron(0 0 ? * 1 *)');
    expect(said(cron('0 0 * * 0,6'))).toBe('cron(0 0 ? * 1,7 *)');
    expect(said(cron('* * * * *'))).toBe('cron(* * * * ? *)');
    expect(said(rate(1, 'day'))).toBe('rate(1 day)');
  });

  it('of a FIFO queue names the group, and the queue as it is called', () => {
    const ordered = defineService({ name: 'depot', sends: [Count], handles: [Count], queue: { fifo: true } });

    expect(eventBridgeSchedule(nightly, 'lethe', ordered, place).Target).toEqual({
      RoleArn: place.roleArn,
      Input: expect.stringContaining('"subject":"schedule:count-shelf"'),
      RetryPolicy: expect.anything(),
      Arn: 'arn:aws:sqs:eu-west-1:000000000000:lethe-depot.fifo',
      SqsParameters: { MessageGroupId: 'schedule:count-shelf' },
    });
  });
});
