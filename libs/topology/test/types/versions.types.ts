// Read by the compiler, never run: every line under an @ts-expect-error must fail to compile, and every other one compile.
import { z } from 'zod';
import {
  type AcceptedTypeOf,
  type ReplyInputOf,
  type ReplyOf,
  type RequestDefinition,
  defineCommand,
  defineEvent,
  defineService,
  defineTopology,
  upcast,
} from '../../src/index.js';

const named = { owner: 'orders', name: 'placed', description: '' } as const;
const PlacedV1 = defineEvent({ ...named, version: 1, data: z.object({ cents: z.int() }) });
const total = z.object({ amount: z.int(), currency: z.string().default('EUR') });
const PlacedV2 = defineEvent({
  ...named,
  version: 2,
  data: z.object({ total }),
  upcasts: [upcast(PlacedV1, ({ cents }) => ({ total: { amount: cents } }))],
});
const PlacedV3 = defineEvent({
  ...named,
  version: 3,
  data: z.object({ total, note: z.string() }),
  upcasts: [upcast(PlacedV2, (data) => ({ ...data, note: data.total.currency.trim() }))],
});

// A definition knows every type that it takes, through all its upcasts.
const accepted: AcceptedTypeOf<typeof PlacedV3>[] = ['orders.placed.v1', 'orders.placed.v2', 'orders.placed.v3'];
// @ts-expect-error version 1 cannot be lifted from version 2
const newer: AcceptedTypeOf<typeof PlacedV1> = 'orders.placed.v2';

// @ts-expect-error an upcast gives what the writer of the newer version would
defineEvent({ ...named, version: 2, data: z.object({ total }), upcasts: [upcast(PlacedV1, () => ({ cents: 1 }))] });
// @ts-expect-error it reads what the older version has
upcast(PlacedV1, ({ total: sum }) => sum);
// @ts-expect-error an older version has the same owner
defineEvent({ ...named, owner: 'shop', version: 2, data: z.object({}), upcasts: [upcast(PlacedV1, () => ({}))] });
const Place = defineCommand({ ...named, version: 1, data: z.object({}) });
// @ts-expect-error a command does not become an event
defineEvent({ ...named, version: 2, data: z.object({}), upcasts: [upcast(Place, () => ({}))] });

// A service that takes both fits whoever still publishes the older version; one that does not, does not.
const olderOrders = defineService({ name: 'orders', publishes: [PlacedV1] });
const newerOrders = defineService({ name: 'orders', publishes: [PlacedV3] });
const newerMail = defineService({ name: 'mail', handles: [PlacedV3] });
const olderMail = defineService({ name: 'mail', handles: [PlacedV1] });
defineTopology('shop', [olderOrders, newerMail]);
defineTopology('shop', [newerOrders, newerMail]);
// @ts-expect-error nobody publishes version 1
defineTopology('shop', [newerOrders, olderMail]);

// A request knows its replies.
const price = { owner: 'catalog', name: 'price', description: '', data: z.object({ sku: z.string() }) } as const;
const PriceV1 = defineCommand({ ...price, version: 1, reply: z.object({ cents: z.int().default(0) }) });
const PriceV2 = defineCommand({
  ...price,
  version: 2,
  reply: z.object({ cents: z.int() }),
  upcasts: [upcast(PriceV1, (data) => data)],
});
const asked: RequestDefinition = PriceV1;
const given: ReplyInputOf<typeof PriceV1> = {};
const got: ReplyOf<typeof PriceV1> = { cents: 1 };
// @ts-expect-error the asker gets the default filled in
const partial: ReplyOf<typeof PriceV1> = {};
// @ts-expect-error a command without a reply is no request
const unanswered: RequestDefinition = Place;
// @ts-expect-error an event has no reply
defineEvent({ ...named, version: 1, data: z.object({}), reply: z.object({}) });

const shop = defineService({ name: 'shop', sends: [PriceV1] });
const catalog = defineService({ name: 'catalog', handles: [PriceV2] });
defineTopology('shop', [shop, catalog]);
const olderCatalog = defineService({ name: 'catalog', handles: [PriceV1] });
const newerShop = defineService({ name: 'shop', sends: [PriceV2] });
// @ts-expect-error nobody handles version 2
defineTopology('shop', [newerShop, olderCatalog]);

export const seen = [accepted, newer, asked, given, got, partial, unanswered];
