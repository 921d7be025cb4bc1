import { describe, expect, it } from '@jest/globals';
import { LeaseObserver } from './lease-observer.js';
import type { Lease } from '../lease.js';

const lease = (counter: number, owner: string | undefined = 'other'): Lease => ({
  key: 's',
  stream: 'stream',
  shardId: 's',
  checkpoint: '1',
  owner,
  counter,
  ownerSwitches: 0,
  handoffTo: undefined,
  load: undefined,
  offered: false,
  replayFrom: undefined,
  replayedAt: undefined,
  checkpointsIn: undefined,
  parents: [],
  children: [],
});

function observerAt() {
  const time = { now: 1_000 };
  const observer = new LeaseObserver(10_000, () => time.now);
  const see = (seen: Lease): boolean => {
    observer.observe([seen]);
    return observer.expired(seen);
  };
  return { time, see };
}

describe('LeaseObserver', () => {
  it('calls a lease expired once its counter has stood still for the duration', () => {
    const { time, see } = observerAt();

    expect(see(lease(7))).toBe(false);
    time.now += 9_999;
    expect(see(lease(7))).toBe(false);
    time.now += 1;
    expect(see(lease(7))).toBe(true);
  });

  it('begins anew when the counter has moved, even after a pause of its own', () => {
    const { time, see } = observerAt();

    see(lease(7));
    time.now += 60_000;
    expect(see(lease(8))).toBe(false);
  });

  it('begins anew when the owner has changed', () => {
    const { time, see } = observerAt();

    see(lease(7));
    time.now += 10_000;
    expect(see(lease(7, 'third'))).toBe(false);
  });

  it('R36: judges by the process clock alone: a first look never finds a lease expired', () => {
    expect(observerAt().see(lease(7))).toBe(false);
  });

  it('has no opinion on a free lease', () => {
    const { time, see } = observerAt();
    const free: Lease = { ...lease(7), owner: undefined };

    see(free);
    time.now += 20_000;
    expect(see(free)).toBe(false);
  });
});
