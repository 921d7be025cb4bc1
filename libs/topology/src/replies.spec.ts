import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineCommand, defineEvent } from './definitions.js';
import { MessageFormatError, decodeEnvelope } from './envelope.js';
import { type ReplyFields, type ReplyPart, encodeReply, isRequest, readReply, readReplyPart } from './replies.js';

const spec = { owner: 'catalog', name: 'price', version: 1, description: 'x', data: z.object({}) } as const;
const Price = defineCommand({ ...spec, reply: z.object({ cents: z.int(), currency: z.string().default('EUR') }) });
const fields = {
  id: '018f4d3a-0000-7000-8000-0000000000fe',
  source: 'catalog',
  requestType: Price.type,
  requestId: '018f4d3a-0000-7000-8000-0000000000ff',
  time: 0,
};

describe('a reply', () => {
  it('goes as a CloudEvent whose subject is the request, and comes back as it was', () => {
    const part: ReplyPart = { from: 2, items: [{ cents: 1 }], end: true };

    const envelope = decodeEnvelope(encodeReply(part, fields));

    expect(envelope).toMatchObject({ type: 'catalog.price.v1.reply', source: 'catalog', subject: fields.requestId });
    expect(readReplyPart(Price, envelope)).toEqual(part);
  });

  it('is only taken from the owner of the request, of its own type, in its own form', () => {
    const read = (part: ReplyPart, changed: Partial<ReplyFields>) => () =>
      readReplyPart(Price, decodeEnvelope(encodeReply(part, { ...fields, ...changed })));

    expect(read({ from: 0, items: [] }, { source: 'shop' })).toThrow(/unknown-source/);
    expect(read({ from: 0, items: [] }, { requestType: 'catalog.price.v2' })).toThrow(/unknown-source/);
    expect(read({ from: -1, items: [] }, {})).toThrow(/invalid-data/);
  });

  it('is checked against the schema, defaults filled in', () => {
    expect(readReply(Price, { cents: 1, more: true })).toEqual({ cents: 1, currency: 'EUR' });
    expect(() => readReply(Price, { cents: 'one' })).toThrow(MessageFormatError);
  });

  it('is given to a command that declares one', () => {
    expect(isRequest(Price)).toBe(true);
    expect(isRequest(defineCommand(spec))).toBe(false);
    expect(isRequest(defineEvent(spec))).toBe(false);
  });
});
