import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { broken } from './laws.js';
import { type Mistakes, plainConsumer } from './plain-consumer.js';
import { type MakeConsumer, runSchedule } from './run-schedule.js';
import { schedules } from './schedule.js';

const RUNS = { numRuns: 60, seed: 20_260_101 };

/** What random schedules show to be broken, over all of them or until that one law is. */
async function brokenBy(make: MakeConsumer, fifo: boolean, until?: string): Promise<Set<string>> {
  const laws = new Set<string>();
  for (const schedule of fc.sample(schedules(fifo), RUNS)) {
    for (const violation of broken(await runSchedule(schedule, make))) laws.add(violation.split(':')[0] ?? '');
    if (until !== undefined && laws.has(until)) break;
  }
  return laws;
}

describe('the laws of a consumer', () => {
  it.each([true, false])('are kept by the plainest consumer that does everything right (FIFO: %s)', async (fifo) => {
    expect(await brokenBy(plainConsumer(), fifo)).toEqual(new Set());
  });

  it.each<[string, Mistakes, boolean, string]>([
    ['deletes before it handles', { deletesFirst: true }, false, 'nothingIsLost'],
    ['deletes before it handles', { deletesFirst: true }, true, 'deletesFollowHandling'],
    ['deletes what its handler failed', { swallowsErrors: true }, false, 'nothingIsLost'],
    ['does not extend visibility', { noHeartbeat: true }, false, 'oneHandlerPerMessage'],
    ['does not tell its handler of lost visibility', { keepsQuiet: true }, false, 'oneHandlerPerMessage'],
    ['releases what its handler still works on', { releasesAfterMs: 50 }, false, 'oneHandlerPerMessage'],
    ['handles the messages of a group at once', { ignoresGroups: true }, true, 'oneHandlerPerGroup'],
    ['handles the messages of a group at once', { ignoresGroups: true }, true, 'orderInGroups'],
  ])('are broken by one that %s', async (_mistake, mistakes, fifo, law) => {
    expect(await brokenBy(plainConsumer(mistakes), fifo, law)).toContain(law);
  });

  it('are judged by the same history for the same schedule', async () => {
    const [schedule] = fc.sample(schedules(true), { ...RUNS, numRuns: 1 });
    if (!schedule) throw new Error('no schedule');

    const [first, again] = [await runSchedule(schedule, plainConsumer()), await runSchedule(schedule, plainConsumer())];

    expect(again.events).toEqual(first.events);
    expect(again.handlings).toEqual(first.handlings);
  });
});
