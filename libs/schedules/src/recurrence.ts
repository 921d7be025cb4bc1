import { Cron } from 'croner';
import { type CronField, readCron, writeCron } from './cron-fields.js';
import { ScheduleDefinitionError } from './schedules.errors.js';

const MINUTE_MS = 60_000;
const UNIT_MS = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: 24 * 60 * MINUTE_MS } as const;

/** Units of a rate, as EventBridge Scheduler has them. */
export type RateUnit = keyof typeof UNIT_MS;

/** When a schedule fires: at times of the wall clock of a place, or at even distances. Made by {@link cron} and {@link rate}. */
export type Recurrence =
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string }
  | { readonly kind: 'rate'; readonly value: number; readonly unit: RateUnit };

/**
 * At the times of a cron expression of five fields. Outside of UTC the hour and the minute must be named (`30 2`, not
 * `*`): then the two homes of schedules agree on days that have 23 or 25 hours. A time that such a day lacks is left out,
 * one that it has twice counts once. Throws a {@link ScheduleDefinitionError}.
 */
export function cron(expression: string, { timeZone = 'UTC' }: { readonly timeZone?: string } = {}): Recurrence {
  const fields = readCron(expression);
  if (!isTimeZone(timeZone)) throw new ScheduleDefinitionError(expression, `there is no time zone ${timeZone}`);
  if (timeZone !== 'UTC' && (fields.hour === '*' || fields.minute === '*'))
    throw new ScheduleDefinitionError(expression, `names its hour and minute, or is of UTC instead of ${timeZone}`);
  const every: Recurrence = { kind: 'cron', expression: writeCron(fields), timeZone };
  if (nextTick(every, Date.UTC(2024, 0, 1)) === undefined) throw new ScheduleDefinitionError(expression, 'never comes');
  return every;
}

/** Every so many minutes, hours or days, from when it was set up. Throws a {@link ScheduleDefinitionError}. */
export function rate(value: number, unit: RateUnit): Recurrence {
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new ScheduleDefinitionError(`rate(${value} ${unit})`, 'a rate is 1 to 10,000');
  return { kind: 'rate', value, unit };
}

/** `cron(30 2 * * *)`, `rate(5 minutes)`. The time zone is said apart. */
export function formatRecurrence(every: Recurrence): string {
  if (every.kind === 'cron') return `cron(${every.expression})`;
  return `rate(${every.value} ${every.unit}${every.value === 1 ? '' : 's'})`;
}

export function timeZoneOf(every: Recurrence): string {
  return every.kind === 'cron' ? every.timeZone : 'UTC';
}

/** Reads what {@link formatRecurrence} wrote. Throws a {@link ScheduleDefinitionError}. */
export function parseRecurrence(text: string, timeZone: string): Recurrence {
  const [, expression] = /^cron\((.+)\)$/.exec(text) ?? [];
  if (expression !== undefined) return cron(expression, { timeZone });
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(text) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') throw new ScheduleDefinitionError(text, 'is no schedule');
  return rate(Number(value), unit);
}

/**
 * The first tick after a time, both in milliseconds since 1970; undefined where there is none any more. Those of a rate
 * count from `anchor`, an earlier tick of it.
 */
export function nextTick(every: Recurrence, after: number, anchor = after): number | undefined {
  if (every.kind === 'cron') return nextOfCron(every)(after);
  const distance = every.value * UNIT_MS[every.unit];
  return anchor + (Math.floor((after - anchor) / distance) + 1) * distance;
}

const DAY_MS = UNIT_MS.day;
/** How far back the last tick is looked for, in turn: a schedule that fires often has it near, and one that does not has few. */
const LOOK_BACK = [UNIT_MS.hour, DAY_MS, 32 * DAY_MS, Number.POSITIVE_INFINITY];

/**
 * Of the ticks from `tick` on, itself one that is not after `until`, the last that is not after it: what a run stands for
 * that makes up for an outage.
 */
export function lastTick(every: Recurrence, tick: number, until: number): number {
  if (every.kind === 'rate') return (nextTick(every, until, tick) ?? tick) - every.value * UNIT_MS[every.unit];
  const next = nextOfCron(every);
  for (const span of LOOK_BACK) {
    let last: number | undefined;
    const from = Math.max(tick, until - span);
    for (let at = next(from); at !== undefined && at <= until; at = next(at)) last = at;
    if (last !== undefined) return last;
  }
  return tick;
}

function nextOfCron({ expression, timeZone }: Recurrence & { kind: 'cron' }): (after: number) => number | undefined {
  const job = new Cron(expression, { timezone: timeZone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  const { hour, minute } = readCron(expression);
  const clock = wallClock(timeZone);
  return (after) => {
    let run = job.nextRun(new Date(after));
    // croner puts a time that a day lacks to the end of the gap; EventBridge leaves it out, and so do we.
    while (run !== null && !isAt(clock(run), hour, minute)) run = job.nextRun(run);
    return run?.getTime();
  };
}

function isAt(now: { readonly hour: number; readonly minute: number }, hour: CronField, minute: CronField): boolean {
  return (hour === '*' || hour.includes(now.hour)) && (minute === '*' || minute.includes(now.minute));
}

function wallClock(timeZone: string): (at: Date) => { hour: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (at) => {
    const parts = format.formatToParts(at);
    const number = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    return { hour: number('hour'), minute: number('minute') };
  };
}

/** `UTC` or a name of the IANA database, which is all that EventBridge takes; neither an offset nor an abbreviation. */
function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true;
  if (!/^[A-Z]\w+(\/[A-Z][\w+-]+)+$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
