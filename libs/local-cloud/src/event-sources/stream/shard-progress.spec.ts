import { describe, expect, it } from '@jest/globals';
import { lanesOf } from './lanes.js';
import { ShardProgress } from './shard-progress.js';

describe('the progress in a shard', () => {
  it('R23: moves the checkpoint up to the first record that is not done', () => {
    const progress = new ShardProgress();
    progress.read(['1', '2', '3', '4']);

    expect(progress.done(['2', '3'])).toBeUndefined();
    expect(progress.done(['1'])).toBe('3');
    progress.read(['5']);
    expect(progress.done(['5'])).toBeUndefined();
    expect(progress.done(['4'])).toBe('5');
  });
});

describe('lanes of a shard', () => {
  const records = Array.from({ length: 40 }, (_, index) => ({ partitionKey: `key-${index % 8}`, index }));

  it('keep the records of a key together and in order', () => {
    const lanes = lanesOf(records, 4);

    expect(lanes.length).toBeGreaterThan(1);
    expect(lanes.flat()).toHaveLength(40);
    for (const key of new Set(records.map(({ partitionKey }) => partitionKey))) {
      const having = lanes.filter((lane) => lane.some(({ partitionKey }) => partitionKey === key));
      const indexes = having[0]?.filter(({ partitionKey }) => partitionKey === key).map(({ index }) => index) ?? [];
      expect(having).toHaveLength(1);
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    }
  });

  it('are one where nothing else was asked for', () => {
    expect(lanesOf(records, 1)).toEqual([records]);
  });
});
