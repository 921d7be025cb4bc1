import { describe, expect, it } from '@jest/globals';
import { judgeClicks } from './judge-clicks.js';

const now = Date.parse('2026-01-02T00:00:00Z');
const click = { id: 'a', type: 'view', at: '2026-01-01T12:00:00Z', sessionId: 's' };

describe('judgeClicks', () => {
  it('judges each event on its own and keeps the order of the good ones', () => {
    const events = [click, { ...click, id: '' }, 7, { ...click, id: 'b', extra: true }];

    const judged = judgeClicks(events, now);

    expect(judged.accepted).toEqual([click, { ...click, id: 'b' }]);
    expect(judged.rejected).toBe(2);
    expect(judged.errors.map(({ pointer }) => pointer)).toEqual(['/events/1/id', '/events/2']);
  });

  it('names every fault of an event and counts the event once', () => {
    const judged = judgeClicks([{ ...click, type: 'No Type', at: 'yesterday' }], now);

    expect(judged.rejected).toBe(1);
    expect(judged.errors.map(({ pointer }) => pointer).sort()).toEqual(['/events/0/at', '/events/0/type']);
  });

  it('rejects events more than 24 hours ahead of the clock', () => {
    const at = (time: string) => judgeClicks([{ ...click, at: time }], now);

    expect(at('2026-01-03T00:00:00Z').rejected).toBe(0);
    expect(at('2026-01-03T00:00:00.001Z').errors).toEqual([
      { pointer: '/events/0/at', detail: 'lies more than 24 h ahead' },
    ]);
  });

  it.each(['id', 'sessionId'])('rejects what Postgres cannot keep: U+0000 in %s', (member) => {
    expect(judgeClicks([{ ...click, [member]: 'a\u0000b' }], now).rejected).toBe(1);
  });
});
