import { ScheduleDefinitionError } from './schedules.errors.js';

/** One field of a cron expression: every value, or those listed, ascending. */
export type CronField = '*' | readonly number[];

/** A cron expression of five fields, read. Sunday is 0. */
export interface CronFields {
  readonly minute: CronField;
  readonly hour: CronField;
  readonly dayOfMonth: CronField;
  readonly month: CronField;
  readonly dayOfWeek: CronField;
}

interface FieldRule {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE: FieldRule = { name: 'minute', from: 0, to: 59 };
const HOUR: FieldRule = { name: 'hour', from: 0, to: 23 };
const DAY_OF_MONTH: FieldRule = { name: 'day of month', from: 1, to: 31 };
const MONTH: FieldRule = { name: 'month', from: 1, to: 12, names: MONTHS };
const DAY_OF_WEEK: FieldRule = { name: 'day of week', from: 0, to: 7, names: DAYS };

/**
 * Reads `minute hour day-of-month month day-of-week`, as in crontab(5): `*`, values, ranges, steps, lists, names of
 * months and days. Throws a {@link ScheduleDefinitionError}, also for both days at once, of which cron means either and
 * EventBridge none.
 */
export function readCron(expression: string): CronFields {
  const parts = expression.trim().split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = parts;
  if (parts.length !== 5) throw new ScheduleDefinitionError(expression, 'a cron expression has five fields');
  const fields = {
    minute: readField(minute, MINUTE),
    hour: readField(hour, HOUR),
    dayOfMonth: readField(dayOfMonth, DAY_OF_MONTH),
    month: readField(month, MONTH),
    dayOfWeek: sundayOnce(readField(dayOfWeek, DAY_OF_WEEK)),
  };
  if (fields.dayOfMonth !== '*' && fields.dayOfWeek !== '*')
    throw new ScheduleDefinitionError(expression, 'names days of the month or of the week, not both');
  return fields;
}

/** The same as cron text: with lists in place of names, ranges and steps. */
export function writeCron({ minute, hour, dayOfMonth, month, dayOfWeek }: CronFields): string {
  return [minute, hour, dayOfMonth, month, dayOfWeek].map((field) => listOf(field)).join(' ');
}

/** As text of a list, each value moved by `by`. */
export function listOf(field: CronField, by = 0): string {
  return field === '*' ? '*' : field.map((value) => value + by).join(',');
}

function readField(text: string, rule: FieldRule): CronField {
  if (text === '*') return '*';
  const values = text.split(',').flatMap((part) => readPart(part, rule));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function readPart(part: string, rule: FieldRule): number[] {
  const [span = '', step, ...rest] = part.split('/');
  const [first = '', last, ...more] = span.split('-');
  const stride = step === undefined ? 1 : Number(step);
  if (rest.length > 0 || more.length > 0 || !/^[1-9]\d*$/.test(step ?? '1')) throw fault(part, rule);
  const from = span === '*' ? rule.from : readValue(first, rule);
  const open = span === '*' || (step !== undefined && last === undefined);
  const to = open ? lastOf(rule) : readValue(last ?? first, rule);
  if (to < from) throw fault(part, rule);
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, at) => from + at * stride);
}

/** Of the days of a week there are seven, though the last may be called 0 and 7. */
function lastOf({ to, names }: FieldRule): number {
  return names === DAYS ? to - 1 : to;
}

function readValue(text: string, rule: FieldRule): number {
  const named = rule.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + rule.from;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= rule.from && value <= rule.to)) throw fault(text, rule);
  return value;
}

function sundayOnce(field: CronField): CronField {
  if (field === '*') return field;
  return [...new Set(field.map((day) => day % 7))].toSorted((a, b) => a - b);
}

function fault(text: string, { name, from, to }: FieldRule): ScheduleDefinitionError {
  return new ScheduleDefinitionError(text, `is no ${name} (${from} to ${to})`);
}
