// Read by the compiler, never run: every line under an @ts-expect-error must fail to compile, and every other one compile.
import { z } from 'zod';
import {
  type DataOf,
  type EmittedBy,
  type HandledBy,
  type InputOf,
  type MessageOf,
  defineCommand,
  defineEvent,
  defineService,
  defineTopology,
} from '../../src/index.js';

const data = z.object({ orderId: z.string(), note: z.string().default('') });
const Placed = defineEvent({ owner: 'orders', name: 'placed', version: 1, description: '', data });
const Shipped = defineEvent({ owner: 'depot', name: 'shipped', version: 2, description: '', data });
const Reserve = defineCommand({ owner: 'stock', name: 'reserve', version: 1, description: '', data });

// A definition knows its own type, what its writer gives and what its readers get.
const type: 'orders.placed.v1' = Placed.type;
// @ts-expect-error the version is part of the type
const otherVersion: 'orders.placed.v2' = Placed.type;
const input: InputOf<typeof Placed> = { orderId: '1' };
const output: DataOf<typeof Placed> = { orderId: '1', note: '' };
// @ts-expect-error readers get the default filled in
const partial: DataOf<typeof Placed> = { orderId: '1' };
declare const message: MessageOf<typeof Shipped>;
const shipped: 'depot.shipped.v2' = message.type;

// A service publishes its own events and no other's.
const orders = defineService({ name: 'orders', publishes: [Placed], sends: [Reserve] });
// @ts-expect-error shipped belongs to depot
defineService({ name: 'orders', publishes: [Shipped] });
// @ts-expect-error a command is not published
defineService({ name: 'stock', publishes: [Reserve] });
// @ts-expect-error an event is not sent
defineService({ name: 'orders', sends: [Placed] });

// A service handles anyone's events and its own commands.
const stock = defineService({ name: 'stock', handles: [Reserve, Placed] });
// @ts-expect-error reserve is the stock service's to carry out
defineService({ name: 'mail', handles: [Reserve] });

// What it emits and handles is known by type.
const emitted: EmittedBy<typeof orders>['type'][] = ['orders.placed.v1', 'stock.reserve.v1'];
// @ts-expect-error the orders service does not declare it
const undeclared: EmittedBy<typeof orders>['type'] = 'depot.shipped.v2';
const handled: HandledBy<typeof stock>['type'][] = ['stock.reserve.v1', 'orders.placed.v1'];
// @ts-expect-error the stock service does not declare it
const unheard: HandledBy<typeof stock>['type'] = 'depot.shipped.v2';

// Services fit together, or the topology does not compile.
defineTopology('shop', [orders, stock]);
const mail = defineService({ name: 'mail', handles: [Shipped] });
// @ts-expect-error nobody publishes depot.shipped.v2
defineTopology('shop', [orders, stock, mail]);
// @ts-expect-error nobody handles stock.reserve.v1
defineTopology('shop', [orders]);

export const seen = [type, otherVersion, input, output, partial, shipped, emitted, undeclared, handled, unheard];
