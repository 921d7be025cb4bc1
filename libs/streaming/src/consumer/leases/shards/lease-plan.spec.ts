import { describe, expect, it } from '@jest/globals';
import {
  listIsStale,
  readableLeases,
  shardsWithoutLease,
  startOf,
  trimmedParents,
  unnotedChildren,
} from './lease-plan.js';
import type { Lease, Shard } from '../lease.js';

const shard = (shardId: string, ...parents: string[]): Shard => ({ shardId, parents });
const lease = (shardId: string, checkpoint = 'TRIM_HORIZON', children: string[] = []): Lease => ({
  key: shardId,
  stream: 'stream',
  shardId,
  checkpoint,
  owner: undefined,
  counter: 0,
  ownerSwitches: 0,
  handoffTo: undefined,
  load: undefined,
  offered: false,
  replayFrom: undefined,
  replayedAt: undefined,
  checkpointsIn: undefined,
  parents: [],
  children,
});
const leases = (...list: Lease[]): Map<string, Lease> => new Map(list.map((one) => [one.shardId, one]));
const ids = (list: readonly { shardId: string }[]): string[] => list.map(({ shardId }) => shardId);

const split = [shard('a'), shard('b', 'a'), shard('c', 'a')];
const merge = [shard('a'), shard('b'), shard('c', 'a', 'b')];

describe('readableLeases', () => {
  it('reads parents before children', () => {
    expect(ids(readableLeases(split, leases(lease('a', '17'), lease('b'), lease('c'))))).toEqual(['a']);
  });

  it('reads the children once the parent is at SHARD_END', () => {
    expect(ids(readableLeases(split, leases(lease('a', 'SHARD_END'), lease('b'), lease('c'))))).toEqual(['b', 'c']);
  });

  it('KIN-1: a merged shard waits for both parents', () => {
    const one = leases(lease('a', 'SHARD_END'), lease('b', '5'), lease('c'));
    const both = leases(lease('a', 'SHARD_END'), lease('b', 'SHARD_END'), lease('c'));

    expect(ids(readableLeases(merge, one))).toEqual(['b']);
    expect(ids(readableLeases(merge, both))).toEqual(['c']);
  });

  it('waits for a parent whose lease is still missing', () => {
    expect(readableLeases(split, leases(lease('b'), lease('c')))).toEqual([]);
  });

  it('does not wait for a parent that the stream has trimmed', () => {
    expect(ids(readableLeases([shard('b', 'gone')], leases(lease('b'))))).toEqual(['b']);
  });
});

describe('the list of shards', () => {
  it('names the shards that have no lease yet', () => {
    expect(ids(shardsWithoutLease(split, leases(lease('a'))))).toEqual(['b', 'c']);
  });

  it('is stale where an ended shard has no children in it', () => {
    expect(listIsStale([shard('a')], leases(lease('a', 'SHARD_END')))).toBe(true);
    expect(listIsStale(split, leases(lease('a', 'SHARD_END'), lease('b'), lease('c')))).toBe(false);
  });

  it('names parents that are trimmed', () => {
    expect(trimmedParents([shard('b', 'a'), shard('c', 'a'), shard('d', 'b')])).toEqual(['a']);
  });
});

describe('a new lease', () => {
  const at = { at: new Date(5) };

  it('begins where the application is told to when it first comes, whatever the shard', () => {
    for (const one of split) expect(startOf(one, leases(), at, 9)).toBe('AT_TIMESTAMP:5');
    expect(startOf(shard('a'), leases(), 'latest', 9)).toBe('AT_TIMESTAMP:9');
    expect(startOf(shard('a'), leases(), 'trim-horizon', 9)).toBe('TRIM_HORIZON');
  });

  it('KIN-1: of a child begins at TRIM_HORIZON, wherever the application began', () => {
    expect(startOf(shard('b', 'a'), leases(lease('a', '17')), 'latest', 9)).toBe('TRIM_HORIZON');
    expect(startOf(shard('b', 'a'), leases(lease('a', 'SHARD_END')), 'latest', 9)).toBe('TRIM_HORIZON');
    expect(startOf(shard('c', 'a', 'b'), leases(lease('a', 'AT_TIMESTAMP:5'), lease('b', '3')), at, 9)).toBe(
      'TRIM_HORIZON',
    );
  });

  it('begins where the others began when the worker that made them was interrupted', () => {
    expect(startOf(shard('b'), leases(lease('a', 'AT_TIMESTAMP:5')), 'latest', 9)).toBe('AT_TIMESTAMP:5');
    expect(startOf(shard('b', 'a'), leases(lease('a', 'AT_TIMESTAMP:5')), 'latest', 9)).toBe('AT_TIMESTAMP:5');
  });
});

describe('children of a shard', () => {
  it('are written down where its row does not have them yet', () => {
    expect([...unnotedChildren(split, leases(lease('a', '1', ['b'])))]).toEqual([['a', ['c']]]);
    expect([...unnotedChildren(split, leases(lease('a', '1', ['b', 'c'])))]).toEqual([]);
    expect([...unnotedChildren(split, leases())]).toEqual([]);
  });
});
