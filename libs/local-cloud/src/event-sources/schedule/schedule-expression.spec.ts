import { describe, expect, it } from '@jest/globals';
import { nextTickOf } from './schedule-expression.js';

const at = (text: string) => Date.parse(text);
const next = (expression: string, after: string) => {
  const tick = nextTickOf(expression)(at(after));
  return tick === undefined ? undefined : new Date(tick).toISOString();
};

describe('a time table of EventBridge', () => {
  // Thursday.
  const NEW_YEAR = '2026-01-01T00:00:00Z';

  it.each([
    ['rate(1 minute)', '2026-01-01T00:01:00.000Z'],
    ['rate(5 hours)', '2026-01-01T05:00:00.000Z'],
    ['rate(7 days)', '2026-01-08T00:00:00.000Z'],
    ['cron(15 10 * * ? *)', '2026-01-01T10:15:00.000Z'],
    ['cron(0/15 * * * ? *)', '2026-01-01T00:15:00.000Z'],
    ['cron(0 6 ? * 2 *)', '2026-01-05T06:00:00.000Z'],
    ['cron(0 6 ? * MON-FRI *)', '2026-01-01T06:00:00.000Z'],
    ['cron(0 0 1 * ? *)', '2026-02-01T00:00:00.000Z'],
    ['cron(0 0 ? * 6L *)', '2026-01-30T00:00:00.000Z'],
    ['cron(0 0 ? * 3#2 *)', '2026-01-13T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2027)', '2027-01-01T00:00:00.000Z'],
  ])('fires by %s next at %s', (expression, expected) => {
    expect(next(expression, NEW_YEAR)).toBe(expected);
  });

  it('never fires again after its years', () => {
    expect(next('cron(0 0 1 1 ? 2025)', NEW_YEAR)).toBeUndefined();
  });

  it.each([
    'every minute',
    'rate(0 minutes)',
    'cron(0 6 * * * *)',
    'cron(0 6 ? * ? *)',
    'cron(0 6 * * ?)',
    'cron(61 6 * * ? *)',
  ])('is not %s', (expression) => {
    expect(() => nextTickOf(expression)).toThrow(expression);
  });
});
