import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DefinitionError, defineCommand, defineEvent } from './definitions.js';
import { type ServiceDefinition, defineService, defineTopology } from './service.js';

const data = z.object({ orderId: z.string() });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: 'Placed.', data });
const Reserve = defineCommand({ owner: 'stock', name: 'reserve', version: 1, description: 'Reserve.', data });

describe('defineService', () => {
  it('leaves empty what is not said', () => {
    expect(defineService({ name: 'quiet' })).toEqual({
      name: 'quiet',
      publishes: [],
      sends: [],
      handles: [],
      writes: [],
      reads: [],
    });
  });

  it('refuses a bad name, and a message listed twice', () => {
    expect(() => defineService({ name: 'Orders' })).toThrow(DefinitionError);
    expect(() => defineService({ name: 'orders', publishes: [Placed, Placed] })).toThrow(
      'lists orders.placed.v1 twice',
    );
    expect(() => defineService({ name: 'stock', handles: [Reserve, Reserve] })).toThrow('lists stock.reserve.v1 twice');
  });
});

describe('defineTopology', () => {
  const orders = defineService({ name: 'orders', publishes: [Placed], sends: [Reserve] });
  const stock = defineService({ name: 'stock', handles: [Reserve, Placed] });

  it('joins services whose messages meet', () => {
    expect(defineTopology('shop', [orders, stock])).toEqual({ name: 'shop', services: [orders, stock] });
  });

  it('refuses a bad name, and two services of one name', () => {
    expect(() => defineTopology('The Shop', [orders, stock])).toThrow(DefinitionError);
    expect(() => defineTopology('shop', [orders, stock, defineService({ name: 'orders' })])).toThrow('share a name');
  });

  it('refuses a caller in plain JavaScript what the compiler refuses one in TypeScript', () => {
    const join = (...services: ServiceDefinition[]): unknown =>
      Reflect.apply(defineTopology, undefined, ['shop', services]);
    const mail = defineService({ name: 'mail', handles: [Placed] });

    expect(() => join(stock)).toThrow('stock subscribes to orders.placed.v1, which no service publishes');
    expect(() => join(mail)).toThrow(DefinitionError);
    expect(() => join(orders)).toThrow('orders sends stock.reserve.v1, which no service handles');
  });
});
