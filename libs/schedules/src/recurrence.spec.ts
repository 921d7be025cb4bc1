import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCron } from './cron-fields.js';
import { type Recurrence, cron, formatRecurrence, lastTick, nextTick, parseRecurrence, rate } from './recurrence.js';
import { ScheduleDefinitionError } from './schedules.errors.js';

const at = (text: string): number => Date.parse(text);
const MINUTE = 60_000;
const DAY = 86_400_000;

function ticks(every: Recurrence, from: string, count: number): string[] {
  const found: string[] = [];
  for (let tick = at(from); found.length < count;) {
    tick = nextTick(every, tick) ?? Number.NaN;
    found.push(new Date(tick).toISOString());
  }
  return found;
}

/** Any schedule that can be defined: of a zone with a named time, or of UTC with anything. */
const zones = ['UTC', 'Europe/London', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
const minutes = fc.integer({ min: 0, max: 59 });
const hours = fc.integer({ min: 0, max: 23 });
const days = fc.constantFrom('* * *', '* * MON-FRI', '* * 0', '1 * *', '15,28 * *', '* 1-6/2 *');
const crons = fc.oneof(
  fc
    .tuple(minutes, hours, days, fc.constantFrom(...zones))
    .map(([m, h, d, timeZone]) => ({ text: `${m} ${h} ${d}`, timeZone })),
  fc
    .tuple(fc.constantFrom('*', '*/7', '5-20', '30'), fc.constantFrom('*', '*/5', '9-17', '0,12'), days)
    .map(([m, h, d]) => ({ text: `${m} ${h} ${d}`, timeZone: 'UTC' })),
);
const times = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });

/** What a wall clock of the zone shows, by `Intl` alone. */
function shown(time: number, timeZone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    clocks
      .get(timeZone)
      ?.formatToParts(time)
      .map(({ type, value }) => [type, value]) ?? [],
  );
}

const clocks = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      minute: 'numeric',
      hour: 'numeric',
      day: 'numeric',
      month: 'numeric',
      year: 'numeric',
      weekday: 'short',
    }),
  ]),
);

function isTick(time: number, { text, timeZone }: { readonly text: string; readonly timeZone: string }): boolean {
  const { minute, hour, day, month, weekday } = shown(time, timeZone);
  const fields = readCron(text);
  const holds = (field: '*' | readonly number[], value: number): boolean => field === '*' || field.includes(value);
  const dayOfWeek = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(weekday ?? '');
  return (
    holds(fields.minute, Number(minute)) &&
    holds(fields.hour, Number(hour)) &&
    holds(fields.dayOfMonth, Number(day)) &&
    holds(fields.month, Number(month)) &&
    holds(fields.dayOfWeek, dayOfWeek)
  );
}

describe('the next tick', () => {
  it('R29: is after the time, on the clock of its zone, and no other lies between', () => {
    fc.assert(
      fc.property(crons, times, (definition, after) => {
        const next = nextTick(cron(definition.text, definition), after) ?? Number.NaN;

        expect(next).toBeGreaterThan(after);
        expect(next % MINUTE).toBe(0);
        expect(isTick(next, definition)).toBe(true);
        const first = Math.max(Math.floor(after / MINUTE + 1) * MINUTE, next - 26 * 60 * MINUTE);
        const passed = Array.from(
          { length: Math.max(0, (next - first) / MINUTE) },
          (_, index) => first + index * MINUTE,
        );
        // The second of two equal times of a day of 25 hours is no tick.
        const missed = passed.filter((time) => isTick(time, definition) && !isRepeated(time, definition.timeZone));
        expect(missed).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('of a rate keeps its distance to the first, whenever it is asked for', () => {
    const rates = fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.constantFrom('minute', 'hour', 'day'));
    fc.assert(
      fc.property(rates, times, times, ([value, unit], one, other) => {
        const every = rate(value, unit);
        const [anchor, after] = [Math.min(one, other), Math.max(one, other)];
        const distance = value * { minute: MINUTE, hour: 60 * MINUTE, day: DAY }[unit];

        const next = nextTick(every, after, anchor) ?? Number.NaN;

        expect(next).toBeGreaterThan(after);
        expect(next - after).toBeLessThanOrEqual(distance);
        expect((next - anchor) % distance).toBe(0);
      }),
    );
  });

  it('leaves out a time that a day of 23 hours lacks', () => {
    expect(ticks(cron('30 2 * * *', { timeZone: 'Europe/Berlin' }), '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
    expect(ticks(cron('15 2 * * *', { timeZone: 'Australia/Lord_Howe' }), '2026-10-02T12:00:00Z', 2)).toEqual([
      '2026-10-02T15:45:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ]);
  });

  it('counts a time once that a day of 25 hours has twice', () => {
    expect(ticks(cron('30 2 * * *', { timeZone: 'Europe/Berlin' }), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
    expect(ticks(cron('0,30 1,2 * * *', { timeZone: 'Europe/Berlin' }), '2026-10-24T22:00:00Z', 5)).toEqual([
      '2026-10-24T23:00:00.000Z',
      '2026-10-24T23:30:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T00:00:00.000Z',
    ]);
  });

  it('comes 365 times a year, or 364 where a change of the clock takes one, and never twice a day', () => {
    for (const [minute, count] of [
      ['30 2', 364],
      ['30 3', 365],
    ] as const) {
      const all = ticks(cron(`${minute} * * *`, { timeZone: 'Europe/Berlin' }), '2025-12-31T23:00:00Z', 370);
      const year = all.filter((time) => shown(at(time), 'Europe/Berlin')['year'] === '2026');
      expect(year).toHaveLength(count);
    }
  });
});

function isRepeated(time: number, timeZone: string): boolean {
  return [30, 60].some(
    (ago) => JSON.stringify(shown(time - ago * MINUTE, timeZone)) === JSON.stringify(shown(time, timeZone)),
  );
}

describe('the last tick', () => {
  it('is the greatest that is not after the time', () => {
    fc.assert(
      fc.property(crons, times, fc.integer({ min: 0, max: 90 * DAY }), (definition, from, length) => {
        const every = cron(definition.text, definition);
        const first = nextTick(every, from) ?? Number.NaN;
        const until = first + length;

        const last = lastTick(every, first, until);

        expect(last).toBeGreaterThanOrEqual(first);
        expect(last).toBeLessThanOrEqual(until);
        expect(nextTick(every, last)).toBeGreaterThan(until);
      }),
      { numRuns: 60 },
    );
  });

  it('of a rate is the greatest too', () => {
    const every = rate(7, 'minute');
    const first = at('2026-01-01T00:00:00Z');

    expect(lastTick(every, first, first + 20 * MINUTE)).toBe(first + 14 * MINUTE);
    expect(lastTick(every, first, first + 14 * MINUTE)).toBe(first + 14 * MINUTE);
    expect(lastTick(every, first, first)).toBe(first);
  });
});

describe('a recurrence', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(crons, ({ text, timeZone }) => {
        const every = cron(text, { timeZone });
        expect(parseRecurrence(formatRecurrence(every), timeZone)).toEqual(every);
      }),
    );
    for (const every of [rate(1, 'hour'), rate(5, 'minute')])
      expect(parseRecurrence(formatRecurrence(every), 'UTC')).toEqual(every);
  });

  it('refuses what not both of its homes would keep in the same way', () => {
    const refused = [
      () => cron('* * * *'),
      () => cron('60 * * * *'),
      () => cron('0 0 1 * MON'),
      () => cron('0 0 L * *'),
      () => cron('0 0 * * 5-1'),
      () => cron('0 0 */0 * *'),
      () => cron('0 0 30 2 *'),
      () => cron('@daily'),
      () => cron('*/5 * * * *', { timeZone: 'Europe/Berlin' }),
      () => cron('0 0 * * *', { timeZone: 'Europe/Atlantis' }),
      () => rate(0, 'minute'),
      () => rate(1.5, 'hour'),
      () => parseRecurrence('every now and then', 'UTC'),
    ];

    for (const define of refused) expect(define).toThrow(ScheduleDefinitionError);
  });
});
