import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SqsConsumer } from '../../src/consumer/sqs-consumer.js';
import { broken } from './laws.js';
import { type MakeConsumer, runSchedule } from './run-schedule.js';
import { schedules } from './schedule.js';

const consumer: MakeConsumer = (setup) => new SqsConsumer({ ...setup, backoff: { base: 1, cap: 300 } });

describe('a consumer under random schedules and faults', () => {
  it('R18: keeps the laws on a standard queue: no loss, one handler at a time while visibility is held', async () => {
    const property = fc.asyncProperty(schedules(false), async (schedule) => {
      expect(broken(await runSchedule(schedule, consumer))).toEqual([]);
    });

    await fc.assert(property, { numRuns: 300, seed: 20_260_101 });
  });

  it('R19: keeps the laws on a FIFO queue: the order of each group as well', async () => {
    const property = fc.asyncProperty(schedules(true), async (schedule) => {
      expect(broken(await runSchedule(schedule, consumer))).toEqual([]);
    });

    await fc.assert(property, { numRuns: 300, seed: 20_260_101 });
  });
});
