import { Cron } from 'croner';
import { EventSourceError } from '../event-sources.errors.js';

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const CRON = /^cron\(([^()]+)\)$/;
const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When a schedule fires next after a time, both in ms; undefined for never again. */
export type NextTick = (after: number) => number | undefined;

/**
 * Reads `rate(5 minutes)` or `cron(minute hour day-of-month month day-of-week year)` in UTC, as EventBridge writes them:
 * `?` for the day that is not asked about, Sunday as 1. Throws an {@link EventSourceError}.
 */
export function nextTickOf(expression: string): NextTick {
  const [, count, unit = ''] = RATE.exec(expression) ?? [];
  if (count !== undefined) return rateOf(Number(count) * (UNITS[unit] ?? 0), expression);
  const [, fields] = CRON.exec(expression) ?? [];
  if (fields === undefined) throw new EventSourceError(`${expression} is neither rate(…) nor cron(…)`);
  return cronOf(fields.trim().split(/\s+/), expression);
}

function rateOf(period: number, expression: string): NextTick {
  if (period <= 0) throw new EventSourceError(`${expression} has no period`);
  return (after) => after + period;
}

function cronOf(fields: readonly string[], expression: string): NextTick {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = '', ...rest] = fields;
  if (fields.length !== 6 || rest.length > 0) throw new EventSourceError(`${expression} has not six fields`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new EventSourceError(`${expression}: one of the days is ?, and not both`);
  const days = dayOfWeek.replace(/(?<![#/\d])[1-7]/g, (day) => String(Number(day) - 1));
  const pattern = ['0', minute, hour, dayOfMonth, month, days, year].join(' ').replaceAll('?', '*');
  try {
    // Sloppy is what EventBridge is: `0/15` begins at 0.
    const cron = new Cron(pattern, { timezone: 'UTC', paused: true, sloppyRanges: true });
    return (after) => cron.nextRun(new Date(after))?.getTime();
  } catch (cause) {
    throw new EventSourceError(`${expression}: ${String(cause)}`);
  }
}
