import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineEvent } from './definitions.js';
import { MessageFormatError, decodeEnvelope, encodeMessage, readMessage } from './envelope.js';

const data = z.object({ orderId: z.uuid(), note: z.string().default('none') });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: 'Placed.', data });
const Pay = defineCommand({ owner: 'orders', name: 'pay', version: 1, description: 'Pay.', data });

const orderId = '018f4d3a-0000-7000-8000-000000000001';
const fields = {
  id: '018f4d3a-0000-7000-8000-0000000000ff',
  source: 'orders',
  time: Date.parse('2026-01-01T00:00:00Z'),
  subject: orderId,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
const envelope = {
  specversion: '1.0',
  id: fields.id,
  source: 'orders',
  type: 'orders.placed.v1',
  time: '2026-01-01T00:00:00.000Z',
  subject: orderId,
  datacontenttype: 'application/json',
  traceparent: fields.traceparent,
  data: { orderId, note: 'none' },
};

function failureOf(work: () => unknown): MessageFormatError {
  try {
    work();
  } catch (error) {
    if (error instanceof MessageFormatError) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('encodeMessage', () => {
  it('writes CloudEvents 1.0 in structured JSON, defaults filled in', () => {
    expect(JSON.parse(encodeMessage(Placed, { orderId }, fields))).toEqual(envelope);
  });

  it('leaves out a subject and a trace that are not there', () => {
    const bare = JSON.parse(encodeMessage(Placed, { orderId }, { id: fields.id, source: 'orders', time: 0 }));

    expect(Object.keys(bare)).toEqual(['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'data']);
  });

  it('refuses data that breaks the schema, before anyone has to read it', () => {
    const failure = failureOf(() => encodeMessage(Placed, { orderId: 'seven' }, fields));

    expect(failure).toMatchObject({ name: 'MessageFormatError', reason: 'invalid-data', messageId: fields.id });
    expect(failure.cause).toBeInstanceOf(z.core.$ZodError);
  });
});

describe('decodeEnvelope', () => {
  it('reads an envelope whose data is elsewhere, with what it weighs and hashes to', () => {
    const { data: _, ...bare } = envelope;
    const ticket = { dataref: 's3://bucket/messages/1.json', databytes: 7, datasha256: '0'.repeat(64) };

    expect(decodeEnvelope(JSON.stringify({ ...bare, ...ticket }))).toEqual({ ...bare, ...ticket });
  });

  it('reads what encodeMessage wrote', () => {
    expect(decodeEnvelope(encodeMessage(Placed, { orderId }, fields))).toEqual(envelope);
  });

  it('R22: ignores extension attributes it does not know', () => {
    expect(decodeEnvelope(JSON.stringify({ ...envelope, tenant: 'acme', priority: 3 }))).toEqual(envelope);
  });

  it('tells text that is no JSON from JSON that is no CloudEvent', () => {
    expect(failureOf(() => decodeEnvelope('{"specversion"'))).toMatchObject({ reason: 'undecodable' });
    for (const text of ['null', '[]', '"text"', '{}'])
      expect(failureOf(() => decodeEnvelope(text))).toMatchObject({ reason: 'invalid-envelope' });
  });

  it.each([
    ['another version', { specversion: '0.3' }],
    ['no id', { id: undefined }],
    ['an id that is no UUID', { id: '1' }],
    ['no time', { time: undefined }],
    ['a time without its zone', { time: '2026-01-01T00:00:00' }],
    ['another content type', { datacontenttype: 'text/xml' }],
    ['an empty subject', { subject: '' }],
  ])('refuses %s', (_, change) => {
    expect(failureOf(() => decodeEnvelope(JSON.stringify({ ...envelope, ...change })))).toMatchObject({
      reason: 'invalid-envelope',
    });
  });
});

describe('readMessage', () => {
  it('R22: drops members that the schema does not know', () => {
    const message = readMessage(Placed, {
      ...envelope,
      specversion: '1.0',
      datacontenttype: 'application/json',
      data: { orderId, colour: 'red' },
    });

    expect(message).toEqual({
      id: fields.id,
      type: 'orders.placed.v1',
      source: 'orders',
      time: '2026-01-01T00:00:00.000Z',
      subject: orderId,
      traceparent: fields.traceparent,
      data: { orderId, note: 'none' },
    });
  });

  it('refuses an event that its owner did not publish', () => {
    const forged = decodeEnvelope(JSON.stringify({ ...envelope, source: 'mail' }));

    expect(failureOf(() => readMessage(Placed, forged))).toMatchObject({
      reason: 'unknown-source',
      messageId: fields.id,
    });
  });

  it('takes a command from any sender', () => {
    const sent = decodeEnvelope(JSON.stringify({ ...envelope, type: Pay.type, source: 'front' }));

    expect(readMessage(Pay, sent).source).toBe('front');
  });

  it('refuses data that breaks the schema, and says where', () => {
    const failure = failureOf(() => readMessage(Placed, decodeEnvelope(JSON.stringify({ ...envelope, data: {} }))));

    expect(failure).toMatchObject({ reason: 'invalid-data', messageId: fields.id });
    expect(failure.message).toContain('orderId');
  });
});
