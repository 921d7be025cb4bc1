import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { Logger } from '@nestjs/common';
import { cron, rate } from '../src/recurrence.js';
import { type Schedule, defineSchedule } from '../src/schedule.js';
import { syncSchedules } from '../src/schedules.js';
import { Count, SchedulesFixture, Tidy, backendOf } from './fixture.js';

const hourly = defineSchedule<typeof Count>({
  name: 'count-shelf',
  command: Count,
  every: rate(1, 'hour'),
  data: { shelf: 'a' },
});
const HOUR_S = 3_600;

describe('schedules in Postgres', () => {
  let fixture: SchedulesFixture;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    fixture = await SchedulesFixture.create();
  });
  afterAll(() => fixture.close());
  afterEach(async () => {
    jest.restoreAllMocks();
    await fixture.clear();
  });

  it('R29: of five replicas one fires a tick, tick after tick', async () => {
    await fixture.schedules.put(hourly);
    const replicas = await fixture.replicas(5);

    for (let tick = 1; tick <= 10; tick += 1) {
      await fixture.passTime(HOUR_S);
      const fired = await Promise.all(replicas.map(({ ticker }) => ticker.fire()));
      expect(fired.flat()).toEqual(['count-shelf']);
    }

    const sent = await fixture.sent();
    expect(sent).toHaveLength(10);
    expect(sent[0]).toMatchObject({ type: 'depot.count.v1', key: 'schedule:count-shelf', data: { shelf: 'a' } });
  });

  it('R29: of five replicas that run by themselves one fires a tick, at its time', async () => {
    await fixture.schedules.put(hourly);
    const replicas = await fixture.replicas(5);
    for (const { ticker } of replicas) ticker.start();

    for (let tick = 1; tick <= 5; tick += 1) {
      await fixture.passTime(HOUR_S);
      await eventually(async () => expect(await fixture.sent()).toHaveLength(tick));
    }

    await Promise.all(replicas.map(({ ticker }) => ticker.stop()));
    expect(await fixture.sent()).toHaveLength(5);
  });

  it('R29: what a replica had in hand that is killed mid-run is fired by another, once', async () => {
    await fixture.schedules.put(hourly);
    await fixture.passTime(HOUR_S);
    const [leader, ...others] = await fixture.replicas(5);
    if (leader === undefined) throw new Error('no leader');
    const [held, dead] = [deferred<number | undefined>(), deferred()];
    leader.writer.onAdded = async (tx) => {
      leader.writer.onAdded = undefined;
      held.resolve(await backendOf(tx));
      await dead.promise;
    };
    const dying = leader.ticker.fire();
    const backend = await held.promise;

    expect((await Promise.all(others.map(({ ticker }) => ticker.fire()))).flat()).toEqual([]);
    await fixture.kill(backend);
    const fired = await Promise.all(others.map(({ ticker }) => ticker.fire()));
    dead.resolve();

    expect(fired.flat()).toEqual(['count-shelf']);
    // Its transaction is repeated after the loss, and finds nothing to do.
    expect(await dying).toEqual([]);
    expect(await fixture.sent()).toHaveLength(1);
  });

  it('R36: the clock of the database says what is due, however wrong those of replicas are', async () => {
    await fixture.schedules.put(hourly);
    const [ahead, behind] = await fixture.replicas(2);
    const now = Date.now();

    jest.spyOn(Date, 'now').mockReturnValue(now + 2 * HOUR_S * 1_000);
    expect(await ahead?.ticker.fire()).toEqual([]);
    await fixture.passTime(HOUR_S);
    jest.spyOn(Date, 'now').mockReturnValue(now - 2 * HOUR_S * 1_000);
    const [row] = await fixture.rows();
    expect(await behind?.ticker.fire()).toEqual(['count-shelf']);

    const [sent] = await fixture.sent();
    expect(sent?.data.scheduledAt).toBe(row?.next_at.toISOString());
  });

  it('makes up for missed ticks by one run, of the last of them, and stays in step', async () => {
    await fixture.schedules.put(hourly);
    const [replica] = await fixture.replicas(1);
    const [before] = await fixture.rows();

    await fixture.passTime(5 * HOUR_S + 60);
    expect(await replica?.ticker.fire()).toEqual(['count-shelf']);
    expect(await replica?.ticker.fire()).toEqual([]);

    const [sent] = await fixture.sent();
    const [after] = await fixture.rows();
    const first = (before?.next_at.getTime() ?? 0) - (5 * HOUR_S + 60) * 1_000;
    expect(Date.parse(sent?.data.scheduledAt ?? '')).toBe(first + 4 * HOUR_S * 1_000);
    expect(after?.last_at?.toISOString()).toBe(sent?.data.scheduledAt);
    expect(after?.next_at.getTime()).toBe(first + 5 * HOUR_S * 1_000);
  });

  it('sets up what is defined, leaves what is in line alone, and takes away the rest', async () => {
    const nightly: Schedule = { ...hourly, name: 'nightly', every: cron('30 2 * * *', { timeZone: 'Europe/Berlin' }) };
    await syncSchedules(fixture.schedules, [hourly, nightly]);
    await fixture.passTime(60);
    const before = await fixture.rows();

    await Promise.all([1, 2, 3].map(() => syncSchedules(fixture.schedules, [hourly, nightly])));
    expect(await fixture.rows()).toEqual(before);
    await fixture.schedules.put({ ...hourly, data: { shelf: 'b' } });
    expect(await fixture.rows()).toEqual(before);
    await syncSchedules(fixture.schedules, [{ ...hourly, every: rate(2, 'hour') }]);

    const [row, ...rest] = await fixture.rows();
    expect(rest).toEqual([]);
    expect(row?.next_at.getTime()).toBeGreaterThan((before[0]?.next_at.getTime() ?? 0) + HOUR_S * 1_000 - 60_000);
    expect(await fixture.schedules.list()).toEqual(['count-shelf']);
  });

  it('R38: leaves what only a newer version knows to that version, and fires the rest', async () => {
    const newer: Schedule = { ...hourly, name: 'a-newer', command: Tidy };
    const odd: Schedule = { ...hourly, name: 'b-odd', data: { shelf: 7 } };
    await syncSchedules(fixture.schedules, [newer, odd, hourly]);
    await fixture.passTime(HOUR_S);
    const old = await fixture.replica();
    const young = await fixture.replica({ sends: [Count, Tidy] });

    expect(await old.ticker.fire()).toEqual(['count-shelf']);
    expect(await young.ticker.fire()).toEqual(['a-newer']);
  });

  it('leaves nothing where the commit does not come: neither the command nor the step on', async () => {
    await fixture.schedules.put(hourly);
    await fixture.passTime(HOUR_S);
    const [replica] = await fixture.replicas(1);
    const [before] = await fixture.rows();
    if (replica === undefined) throw new Error('no replica');
    replica.writer.onAdded = () => Promise.reject(new Error('no room'));

    await expect(replica.ticker.fire()).rejects.toThrow('no room');

    expect(await fixture.sent()).toEqual([]);
    expect(await fixture.rows()).toEqual([before]);
  });
});
