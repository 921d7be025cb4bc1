import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TargetGroup } from './target-group.js';
import { Target, type TargetHealth } from './target.js';

const never = new AbortController().signal;

function groupOf(...health: TargetHealth[]) {
  const group = new TargetGroup();
  const targets = health.map((state, index) => {
    const target = new Target({ service: 'orders', id: `orders-${index + 1}`, url: 'http://127.0.0.1:1' });
    jest.spyOn(target, 'health', 'get').mockReturnValue(state);
    group.add(target);
    return target;
  });
  return { group, targets };
}

const ids = (targets: (Target | undefined)[]) => targets.map((target) => target?.address.id);

describe('TargetGroup', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('takes healthy targets in turn and passes over the others', async () => {
    const { group } = groupOf('healthy', 'unhealthy', 'healthy', 'draining', 'starting');

    const taken = [];
    for (let i = 0; i < 4; i++) taken.push(await group.next(new Set(), 0, never));

    expect(ids(taken)).toEqual(['orders-1', 'orders-3', 'orders-1', 'orders-3']);
  });

  it('prefers a target that was not tried yet', async () => {
    const { group, targets } = groupOf('healthy', 'healthy');
    const tried = new Set(targets.slice(0, 1));

    const taken = [await group.next(tried, 0, never), await group.next(tried, 0, never)];

    expect(ids(taken)).toEqual(['orders-2', 'orders-2']);
  });

  it('wakes a request that waits when a target becomes healthy', async () => {
    const { group, targets } = groupOf('starting');

    const waiting = group.next(new Set(), 2_000, never);
    for (const target of targets) jest.spyOn(target, 'health', 'get').mockReturnValue('healthy');
    group.notify();

    expect(ids([await waiting])).toEqual(['orders-1']);
  });

  it('gives up when the patience is over', async () => {
    const { group } = groupOf('unhealthy');

    const waiting = group.next(new Set(), 2_000, never);
    await jest.advanceTimersByTimeAsync(2_001);

    expect(await waiting).toBeUndefined();
  });

  it('gives up when the client has left', async () => {
    const { group } = groupOf('unhealthy');
    const client = new AbortController();

    const waiting = group.next(new Set(), 60_000, client.signal);
    client.abort();

    expect(await waiting).toBeUndefined();
  });
});
