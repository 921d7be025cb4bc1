import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DefinitionError, defineCommand, defineEvent } from './definitions.js';
import { type Envelope, MessageFormatError, readMessage } from './envelope.js';
import { resourcesOf } from './resources.js';
import { defineService, defineTopology } from './service.js';
import { acceptedTypes, upcast, versionsOf } from './upcasts.js';

const placed = { owner: 'orders', name: 'placed', description: 'x' } as const;
const V1 = defineEvent({ ...placed, version: 1, data: z.object({ cents: z.int() }) });
const V2 = defineEvent({
  ...placed,
  version: 2,
  data: z.object({ total: z.int(), currency: z.string().default('EUR') }),
  upcasts: [upcast(V1, ({ cents }) => ({ total: cents }))],
});
const V3 = defineEvent({
  ...placed,
  version: 3,
  data: z.object({ total: z.int().min(0), currency: z.string(), lines: z.array(z.string()) }),
  upcasts: [upcast(V2, (data) => ({ ...data, lines: [] }))],
});

const envelope = (type: string, data: unknown): Envelope => ({
  specversion: '1.0',
  id: '018f4d3a-0000-7000-8000-0000000000ff',
  source: 'orders',
  type,
  time: '2026-01-01T00:00:00.000Z',
  data,
});

describe('upcasts', () => {
  it('R22: let a reader of the newest version read every older one, step by step, defaults filled in', () => {
    expect(readMessage(V3, envelope(V1.type, { cents: 5 }))).toMatchObject({
      type: V3.type,
      data: { total: 5, currency: 'EUR', lines: [] },
    });
    expect(readMessage(V3, envelope(V2.type, { total: 6, currency: 'USD' })).data).toEqual({
      total: 6,
      currency: 'USD',
      lines: [],
    });
    expect(readMessage(V3, envelope(V3.type, { total: 7, currency: 'USD', lines: ['a'] })).data.lines).toEqual(['a']);
  });

  it('R21: refuse older data that breaks its own schema, what cannot be lifted, and what breaks the newer schema', () => {
    const failing = defineEvent({
      ...placed,
      version: 2,
      data: z.object({}),
      upcasts: [
        upcast(V1, () => {
          throw new RangeError('no rate');
        }),
      ],
    });
    const reading = (definition: typeof V3 | typeof failing, data: unknown) => () =>
      readMessage(definition, envelope(V1.type, data));

    expect(reading(V3, { cents: 'five' })).toThrow(/invalid-data: orders\.placed\.v1/);
    expect(reading(V3, { cents: -5 })).toThrow(/invalid-data: orders\.placed\.v3/);
    expect(reading(failing, { cents: 5 })).toThrow(/could not be lifted/);
    expect(reading(failing, { cents: 5 })).toThrow(MessageFormatError);
  });

  it('R21: refuse a type that no upcast leads from', () => {
    expect(() => readMessage(V1, envelope(V2.type, { total: 1 }))).toThrow(/is no orders\.placed\.v1/);
  });

  it('name every type that a consumer takes, its own first', () => {
    expect(acceptedTypes(V3)).toEqual([V3.type, V2.type, V1.type]);
    expect(versionsOf(V3)).toEqual([V3, V2, V1]);
    expect(acceptedTypes(V1)).toEqual([V1.type]);
  });

  it('subscribe to every version, each once, so that whoever publishes may change at its own time', () => {
    const orders = defineService({ name: 'orders', publishes: [V1] });
    const mail = defineService({ name: 'mail', handles: [V3, V1] });

    const { subscriptions } = resourcesOf(defineTopology('shop', [orders, mail]));

    expect(subscriptions).toMatchObject([{ filterPolicy: { type: [V1.type, V2.type, V3.type] } }]);
  });

  it('come from an older version of the same message, by one way', () => {
    const data = z.object({});
    const lift = () => ({});
    const spec = { ...placed, data } as const;
    const Other = defineEvent({ ...spec, name: 'paid', version: 1 });
    const Ask = defineCommand({ ...spec, version: 1, reply: z.string() });

    expect(() => defineEvent({ ...spec, version: 2, upcasts: [upcast(Other, lift)] })).toThrow(/another message/);
    expect(() => defineEvent({ ...spec, version: 2, upcasts: [upcast(V3, lift)] })).toThrow(/no older/);
    expect(() => defineEvent({ ...spec, version: 4, upcasts: [upcast(V3, lift), upcast(V1, lift)] })).toThrow(
      /in two ways/,
    );
    expect(() => defineCommand({ ...spec, version: 2, upcasts: [upcast(Ask, lift)] })).toThrow(/no reply for those/);
    expect(() => defineEvent({ ...spec, version: 2, upcasts: [upcast(Other, lift)] })).toThrow(DefinitionError);
  });
});
