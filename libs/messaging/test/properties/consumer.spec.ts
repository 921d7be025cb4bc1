import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Consumer } from '../../src/consumer.js';
import { outcomeOf } from '../../src/handler-outcome.js';
import { silentLogger } from '../../src/logger.js';
import { SqsQueue } from '../../src/sqs-queue.js';
import { broken } from './laws.js';
import { type MakeConsumer, runSchedule } from './run-schedule.js';
import { schedules } from './schedule.js';

const consumer: MakeConsumer = ({ clients, timers, queue, concurrency, handle }) => {
  const made = new Consumer({
    queue: new SqsQueue(queue.name, queue.url, clients),
    resource: { owner: 'q', fair: false, retentionSeconds: 0, deadLetterRetentionSeconds: 0, ...queue },
    clients,
    timers,
    logger: silentLogger,
    concurrency,
    pollers: 2,
    waitSeconds: 20,
    backoff: { base: 1, cap: 300 },
    handlerOf: () => undefined,
    onSettled: () => undefined,
    handle: async (received, signal) => {
      const handled = handle(received, signal);
      return handled.then(
        (result) => ({ outcome: outcomeOf(result, false) }),
        (error: unknown) => ({ outcome: outcomeOf(error, true) }),
      );
    },
  });
  return { start: async () => made.start(), close: (graceMs) => made.close(graceMs) };
};

describe('a consumer under random schedules and faults', () => {
  it('R18: keeps the laws on a standard queue: no loss, one handler at a time while visibility is held', async () => {
    const property = fc.asyncProperty(schedules(false), async (schedule) => {
      expect(broken(await runSchedule(schedule, consumer))).toEqual([]);
    });

    await fc.assert(property, { numRuns: 300, seed: 20_260_101 });
  });
});
