import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decodeEnvelope } from './envelope.js';
import { tickId } from './tick-id.js';

const envelope = (id: string): string =>
  JSON.stringify({ specversion: '1.0', id, source: 'shop', type: 'shop.count.v1', time: '2026-03-29T01:30:00Z' });

describe('the id of a tick', () => {
  it('R29: is one UUID however often the tick is sent, and another for another tick or schedule', () => {
    const id = tickId('tick:count@2026-03-29T01:30:00Z');

    expect(z.uuid({ version: 'v8' }).parse(id)).toBe(id);
    expect(tickId('tick:count@2026-03-29T01:30:00.000Z')).toBe(id);
    expect(tickId('tick:count@2026-03-30T01:30:00Z')).not.toBe(id);
    expect(tickId('tick:recount@2026-03-29T01:30:00Z')).not.toBe(id);
  });

  it('R14: is what an envelope is known by whose sender can fill in a time alone', () => {
    const name = 'tick:count@2026-03-29T01:30:00Z';

    expect(decodeEnvelope(envelope(name)).id).toBe(tickId(name));
    expect(() => decodeEnvelope(envelope('tick:count@<aws.scheduler.scheduled-time>'))).toThrow('invalid-envelope');
    expect(() => decodeEnvelope(envelope('count'))).toThrow('invalid-envelope');
  });
});
