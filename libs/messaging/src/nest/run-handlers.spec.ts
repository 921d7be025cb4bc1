import { describe, expect, it } from '@jest/globals';
import type { HandlerOutcome } from '../handler-outcome.js';
import { joined } from './run-handlers.js';

const done: HandlerOutcome = { kind: 'done' };
const failed: HandlerOutcome = { kind: 'retry', error: new Error('x') };
const soon: HandlerOutcome = { kind: 'retry', error: 'soon', afterSeconds: 1 };
const late: HandlerOutcome = { kind: 'retry', error: 'late', afterSeconds: 60 };
const rejected: HandlerOutcome = { kind: 'reject', reason: 'rejected', detail: 'no', error: undefined };

describe('joined', () => {
  it.each<[string, HandlerOutcome[], HandlerOutcome]>([
    ['done, where all are', [done, done], done],
    ['a rejection rather than done', [done, rejected], rejected],
    ['the longest pause rather than a rejection', [soon, rejected, late], late],
    ['a failure rather than a pause, since it has its own', [late, failed, rejected], failed],
    ['done where there is no handler', [], done],
  ])('is %s', (_, outcomes, expected) => {
    expect(joined(outcomes)).toEqual(expected);
  });
});
