import { describe, expect, it } from '@jest/globals';
import type { LakeEvent } from '@lethe/contracts';
import { packEvents, unpackEvents } from './lake-batch.js';
import { filesOf, merged, withoutCustomers } from './lake-rows.js';

const event = (id: string, over: Partial<LakeEvent> = {}): LakeEvent => ({
  event_id: id,
  event_type: 'click',
  occurred_at: '2011-01-01T00:00:00.000Z',
  ...over,
});

describe('events on their way to the lake', () => {
  it('come out of a batch as they went in', () => {
    const events = [event('1', { units: 0, source: '' }), event('2', { customer: 'k', amount: -5 }), event('3')];

    expect(unpackEvents(packEvents(events))).toEqual(events);
  });

  it('are filed by type and by the day in UTC', () => {
    const events = [event('1'), event('2', { occurred_at: '2011-01-01T00:30:00+01:00' }), event('3')];

    expect(filesOf('j', events).map(({ key, rows }) => [key, rows.length])).toEqual([
      ['type=click/day=2011-01-01/j.parquet', 2],
      ['type=click/day=2010-12-31/j.parquet', 1],
    ]);
  });

  it('are merged in the order of time, each once', () => {
    const later = event('0', { occurred_at: '2011-01-02T00:00:00.000Z' });

    expect(merged([later, event('2'), event('1'), later]).map(({ event_id }) => event_id)).toEqual(['1', '2', '0']);
  });

  it('S54: lose who is erased, and nothing else', () => {
    const events = [event('1', { customer: 'gone', amount: 5 }), event('2', { customer: 'stays' })];

    expect(withoutCustomers(events, new Set(['gone']))).toEqual([event('1', { amount: 5 }), events[1]]);
  });
});
