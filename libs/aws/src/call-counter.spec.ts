import { describe, expect, it } from '@jest/globals';
import { CallCounter } from './call-counter.js';

const receive = { service: 'sqs', operation: 'ReceiveMessage', durationMs: 1 };

describe('CallCounter', () => {
  it('counts operations, attempts and failures by service and operation', () => {
    const calls = new CallCounter();

    calls.add({ ...receive, attempts: 1 });
    calls.add({ ...receive, attempts: 3, error: new Error('down') });
    calls.add({ ...receive, service: 'sns', operation: 'Publish', attempts: 2 });

    expect(calls.snapshot()).toEqual({
      'sqs.ReceiveMessage': { operations: 2, attempts: 4, failures: 1 },
      'sns.Publish': { operations: 1, attempts: 2, failures: 0 },
    });
  });

  it('gives snapshots that later calls leave alone, and starts anew when reset', () => {
    const calls = new CallCounter();
    calls.add({ ...receive, attempts: 1 });

    const before = calls.snapshot();
    calls.add({ ...receive, attempts: 1 });
    calls.reset();

    expect(before['sqs.ReceiveMessage']?.operations).toBe(1);
    expect(calls.snapshot()).toEqual({});
  });
});
