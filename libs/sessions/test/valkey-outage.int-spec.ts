import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type TestValkey, describeWithValkey, startTestValkey } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { Valkey } from '@lethe/valkey';
import { LetheExpressStore } from '../src/express/index.js';
import { valkeySessionStore } from '../src/index.js';
import { type Shop, startShop } from './apps/shop.js';
import { RoundRobin, Shopper } from './apps/shoppers.js';

describeWithValkey('an Express application whose Valkey dies', () => {
  let server: TestValkey;
  let clients: Valkey[];
  let shops: Shop[];

  beforeAll(async () => {
    server = await startTestValkey();
    clients = [new Valkey({ url: server.url }), new Valkey({ url: server.url })];
    await Promise.all(clients.map((client) => client.connect()));
    shops = await Promise.all(
      clients.map((valkey) => startShop(new LetheExpressStore({ store: valkeySessionStore({ valkey }) }))),
    );
  });
  afterAll(async () => {
    await Promise.all(shops.map((shop) => shop.close()));
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
  });

  it('S34 R31: refuses while it is gone; then users sign in again, each as themselves, and nothing fails', async () => {
    const turns = new RoundRobin(...shops);
    const shoppers = ['ada', 'eve', 'bob'].map((name) => new Shopper(name, turns));
    await Promise.all(shoppers.map((shopper) => shopper.signIn()));
    await Promise.all(shoppers.map((shopper) => shopper.visit()));

    await server.restart(async () => {
      for (let time = 0; time < 2; time += 1)
        expect(await Promise.all(shoppers.map((shopper) => shopper.knock()))).toEqual([503, 503, 503]);
    });
    await eventually(async () => {
      // One visit at each replica: both have their connection back, to a server that has lost every session.
      expect(await Promise.all([...shoppers, ...shoppers].map((shopper) => shopper.knock()))).toEqual(
        Array.from({ length: 6 }, () => 401),
      );
    });

    const again = ['ada', 'eve', 'bob'].map((name) => new Shopper(name, turns));
    await Promise.all(again.map((shopper) => shopper.signIn()));
    for (let time = 0; time < 4; time += 1) await Promise.all(again.map((shopper) => shopper.visit()));
    expect([...shoppers, ...again].flatMap(({ faults }) => faults)).toEqual([]);
  });
});
