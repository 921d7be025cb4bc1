import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { balance } from './lease-balance.js';
import { weightOf } from './lease-weight.js';
import type { Lease } from '../lease.js';

interface Row {
  owner: string | undefined;
  handoffTo: string | undefined;
  /** Its owner stops. */
  offered?: boolean;
  /** Records per second. */
  rate?: number;
}

const toLeases = (rows: readonly Row[]): Lease[] =>
  rows.map(({ owner, handoffTo, offered = false, rate }, at) => ({
    key: `s${at}`,
    stream: 'stream',
    shardId: `s${at}`,
    checkpoint: '1',
    counter: 0,
    ownerSwitches: 0,
    owner,
    handoffTo,
    load: rate === undefined ? undefined : { bytesPerSecond: 0, recordsPerSecond: rate },
    offered,
    replayFrom: undefined,
    replayedAt: undefined,
    checkpointsIn: undefined,
    parents: [],
    children: [],
  }));

/** One round of one worker, as the coordinator plays it: hand over what is asked for, take, ask. */
function round(rows: Row[], me: string, alive: readonly string[]): void {
  for (const row of rows) if (row.owner === me && row.handoffTo !== undefined) Object.assign(row, handed(row));
  const held = new Set(rows.flatMap(({ owner }, at) => (owner === me ? [`s${at}`] : [])));
  const takeable = ({ owner, handoffTo }: Lease): boolean =>
    owner === undefined ? handoffTo === undefined || handoffTo === me : !alive.includes(owner);
  const view = { readable: toLeases(rows), held, me, takeable, avoided: () => false, random: Math.random };
  const { take, ask } = balance({ ...view, mayAskForLoad: true });
  for (const { shardId } of take)
    Object.assign(rows[Number(shardId.slice(1))] ?? {}, { owner: me, handoffTo: undefined });
  for (const { shardId } of ask) Object.assign(rows[Number(shardId.slice(1))] ?? {}, { handoffTo: me });
}
const free = ({ owner, handoffTo }: Lease): boolean => owner === undefined && handoffTo === undefined;
const VIEW = { me: 'me', avoided: () => false, mayAskForLoad: true, random: Math.random };
const handed = ({ handoffTo }: Row): Row => ({ owner: undefined, handoffTo });

const counts = (rows: readonly Row[], workers: readonly string[]): number[] =>
  workers.map((worker) => rows.filter(({ owner }) => owner === worker).length);

describe('balance', () => {
  it('from any distribution reaches shares that differ by at most one, and then stays there', () => {
    const workers = fc.integer({ min: 1, max: 6 }).map((n) => Array.from({ length: n }, (_, at) => `w${at}`));
    const owners = fc.array(fc.option(fc.constantFrom('w0', 'w1', 'w2', 'dead'), { nil: undefined }), {
      maxLength: 24,
    });

    fc.assert(
      fc.property(workers, owners, (alive, initial) => {
        const rows: Row[] = initial.map((owner) => ({ owner, handoffTo: undefined }));

        for (let at = 0; at < 60; at += 1) for (const me of alive) round(rows, me, alive);
        const settled = structuredClone(rows);
        for (const me of alive) round(rows, me, alive);

        const shares = counts(settled, alive);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(initial.length);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        expect(rows).toEqual(settled);
      }),
    );
  });

  it('leaves a shard alone that this worker could not read a moment ago', () => {
    const readable = toLeases([{ owner: undefined, handoffTo: undefined }]);
    const view = { ...VIEW, readable, held: new Set<string>(), takeable: () => true };

    expect(balance({ ...view, avoided: () => true }).take).toEqual([]);
    expect(balance({ ...view, avoided: () => false }).take).toHaveLength(1);
  });

  it('counts a free lease that is kept for another worker as taken', () => {
    const rows: Row[] = [
      { owner: 'me', handoffTo: undefined },
      { owner: undefined, handoffTo: 'other' },
    ];
    const view = { ...VIEW, readable: toLeases(rows), held: new Set(['s0']) };

    expect(balance({ ...view, takeable: () => false }).take).toEqual([]);
    expect(balance({ ...view, takeable: () => true }).take).toHaveLength(1);
  });

  it('by load: from any distribution of any rates comes to rest, and the busiest is ahead by one lease at most', () => {
    const workers = ['w0', 'w1', 'w2'];
    const row = fc.record({ owner: fc.constantFrom('w0', 'w1', 'w2'), rate: fc.integer({ min: 0, max: 1_200 }) });

    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 20 }), (initial) => {
        const rows: Row[] = initial.map((one) => ({ ...one, handoffTo: undefined }));

        for (let at = 0; at < 80; at += 1) for (const me of workers) round(rows, me, workers);
        const settled = structuredClone(rows);
        for (const me of workers) round(rows, me, workers);

        expect(rows).toEqual(settled);
        const weights = workers.map((worker) =>
          toLeases(rows.filter(({ owner }) => owner === worker)).map((lease) => weightOf(lease)),
        );
        const loads = weights.map((all) => all.reduce((sum, weight) => sum + weight, 0));
        const most = Math.max(...loads);
        // All that the busiest has is heavier than the gap, or too light to matter.
        const heaviest = Math.max(...(weights[loads.indexOf(most)] ?? []));
        expect(most - Math.min(...loads)).toBeLessThanOrEqual(heaviest + 0.05 + 0.03 * most);
      }),
      { numRuns: 40 },
    );
  });

  it('asks for a busy shard though the numbers are even, and not again at once', () => {
    const rows: Row[] = [
      { owner: 'me', handoffTo: undefined, rate: 0 },
      { owner: 'me', handoffTo: undefined, rate: 0 },
      { owner: 'other', handoffTo: undefined, rate: 400 },
      { owner: 'other', handoffTo: undefined, rate: 500 },
    ];
    const view = { ...VIEW, readable: toLeases(rows), held: new Set(['s0', 's1']), takeable: () => false };

    const { ask, forLoad } = balance(view);
    expect(ask.map(({ key }) => key)).toEqual(['s2']);
    expect(forLoad).toBe(true);
    expect(balance({ ...view, mayAskForLoad: false }).ask).toEqual([]);
  });

  it('asks for its share of what a worker offers that stops, also while other leases are free', () => {
    const rows: Row[] = [
      ...Array.from({ length: 4 }, () => ({ owner: 'leaving', handoffTo: undefined, offered: true })),
      { owner: undefined, handoffTo: undefined },
      { owner: 'me', handoffTo: undefined },
      { owner: 'other', handoffTo: undefined },
      { owner: 'leaving', handoffTo: 'other', offered: true },
    ];
    const view = { ...VIEW, readable: toLeases(rows), held: new Set(['s5']), takeable: free };

    const { take, ask } = balance(view);
    expect(take.map(({ key }) => key)).toEqual(['s4']);
    // Eight leases and two workers that stay: one is held, one taken, two are asked for.
    expect(ask).toHaveLength(2);
    expect(ask.every(({ owner, handoffTo }) => owner === 'leaving' && handoffTo === undefined)).toBe(true);
    expect(balance({ ...view, avoided: () => true }).ask).toEqual([]);
  });

  it('what a worker offers that stops finds workers that together ask for all of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 24 }), (others, leases) => {
        const workers = Array.from({ length: others }, (_, at) => `w${at}`);
        const rows: Row[] = Array.from({ length: leases }, (_, at) =>
          at % (others + 1) === 0
            ? { owner: 'leaving', handoffTo: undefined, offered: true }
            : { owner: `w${(at % (others + 1)) - 1}`, handoffTo: undefined },
        );

        for (const me of [...workers, ...workers]) {
          const held = new Set(rows.flatMap(({ owner }, at) => (owner === me ? [`s${at}`] : [])));
          const { ask } = balance({ ...VIEW, me, readable: toLeases(rows), held, takeable: free });
          for (const { key } of ask) Object.assign(rows[Number(key.slice(1))] ?? {}, { handoffTo: me });
        }

        const kept = rows.filter(({ owner, handoffTo }) => owner === 'leaving' && handoffTo === undefined);
        expect(kept).toEqual([]);
      }),
    );
  });

  it('a worker that joins asks for its whole share at once', () => {
    const rows: Row[] = Array.from({ length: 12 }, (_, at) => ({ owner: `w${at % 3}`, handoffTo: undefined }));
    const view = { ...VIEW, readable: toLeases(rows), held: new Set<string>(), takeable: () => false };

    const { ask } = balance(view);
    expect(new Set(ask.map(({ owner }) => owner))).toEqual(new Set(['w0', 'w1', 'w2']));
  });
});
