import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { balance } from './lease-balance.js';
import type { Lease } from './lease.js';

interface Row {
  owner: string | undefined;
  handoffTo: string | undefined;
}

const toLeases = (rows: readonly Row[]): Lease[] =>
  rows.map((row, at) => ({ shardId: `s${at}`, checkpoint: '1', counter: 0, ownerSwitches: 0, ...row }));

/** One round of one worker, as the coordinator plays it: hand over what is asked for, take, ask. */
function round(rows: Row[], me: string, alive: readonly string[]): void {
  for (const row of rows) if (row.owner === me && row.handoffTo !== undefined) Object.assign(row, handed(row));
  const held = new Set(rows.flatMap(({ owner }, at) => (owner === me ? [`s${at}`] : [])));
  const takeable = ({ owner, handoffTo }: Lease): boolean =>
    owner === undefined ? handoffTo === undefined || handoffTo === me : !alive.includes(owner);
  const view = { readable: toLeases(rows), held, takeable, avoided: () => false, random: Math.random };
  const { take, ask } = balance(view);
  for (const { shardId } of take)
    Object.assign(rows[Number(shardId.slice(1))] ?? {}, { owner: me, handoffTo: undefined });
  if (ask) Object.assign(rows[Number(ask.shardId.slice(1))] ?? {}, { handoffTo: me });
}
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
    const view = { readable, held: new Set<string>(), takeable: () => true, random: Math.random };

    expect(balance({ ...view, avoided: () => true }).take).toEqual([]);
    expect(balance({ ...view, avoided: () => false }).take).toHaveLength(1);
  });

  it('counts a free lease that is kept for another worker as taken', () => {
    const rows: Row[] = [
      { owner: 'me', handoffTo: undefined },
      { owner: undefined, handoffTo: 'other' },
    ];
    const view = { readable: toLeases(rows), held: new Set(['s0']), avoided: () => false, random: Math.random };

    expect(balance({ ...view, takeable: () => false }).take).toEqual([]);
    expect(balance({ ...view, takeable: () => true }).take).toHaveLength(1);
  });
});
