import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from './snapshot.js';
import { between, perEach, perHour } from './work.js';
import { workOf } from './workflow-work.js';

const snapshot = (at: number, cpuSeconds: number, sends: number): Snapshot => ({
  at: at * 1_000,
  services: {
    orders: { cpuSeconds, requests: 0, requestSeconds: 0, calls: { 'sqs.SendMessage': sends }, logBytes: 0 },
  },
  database: { cpuSeconds: 0, transactions: 0, walBytes: 0 },
  storedBytes: 0,
  valkeyCommands: 0,
});

describe('measured work', () => {
  const idle = between(snapshot(0, 1, 0), snapshot(10, 2, 10));
  const busy = between(snapshot(10, 2, 10), snapshot(30, 14, 230));

  it('of an order is what was done, less what an idle store does in that time', () => {
    expect(perEach(busy, idle, 100).services['orders']).toMatchObject({
      cpuSeconds: 0.1,
      calls: { 'sqs.SendMessage': 2 },
    });
  });

  it('of an idle replica is told by the hour', () => {
    expect(perHour(idle, 1)['orders']).toMatchObject({ cpuSeconds: 360, calls: { 'sqs.SendMessage': 3_600 } });
    expect(perHour(idle, 2)['orders']).toMatchObject({ cpuSeconds: 180 });
  });

  it('of a workflow is counted in states entered, and in the time of its steps', () => {
    const at = (milliseconds: number) => new Date(milliseconds);
    const history = [
      { id: 1, timestamp: at(0), type: 'ChoiceStateEntered' as const },
      { id: 2, timestamp: at(0), type: 'TaskStateEntered' as const },
      { id: 3, timestamp: at(500), type: 'TaskStateExited' as const },
      { id: 4, timestamp: at(500), type: 'SucceedStateEntered' as const },
    ];
    expect(workOf([history, history])).toEqual({
      transitionsPerOrder: 3,
      invocationsPerOrder: 1,
      secondsPerInvocation: 0.5,
    });
    expect(() => workOf([])).toThrow('no fulfilment has ended');
  });
});
