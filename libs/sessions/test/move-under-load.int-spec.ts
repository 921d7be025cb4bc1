import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWithValkey } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { RedisStore } from 'connect-redis';
import session, { MemoryStore, type Store } from 'express-session';
import { createClient } from 'redis';
import fileStore from 'session-file-store';
import { bridge } from '../src/bridge/bridge.js';
import { type OldStore } from '../src/bridge/old-store.js';
import { LetheExpressStore } from '../src/express/lethe-express-store.js';
import { takeOver } from '../src/express/take-over.js';
import { dynamodbPlace } from './support/dynamodb-place.js';
import { startShop } from './apps/shop.js';
import { Crowd, RoundRobin, Shopper } from './apps/shoppers.js';
import { type StoreUnderTest } from './support/store-under-test.js';

const HOUR = 3_600_000;

/** The time of day, which a test can move forward. */
class MovingClock {
  #offset = 0;

  now(): number {
    return Date.now() + this.#offset;
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }
}

let place: StoreUnderTest;
beforeAll(async () => {
  place = await dynamodbPlace();
});
afterAll(() => place.close());

describe('the move of a live application under load', () => {
  it('R30: takes the sessions of a running MemoryStore to two replicas, and nobody is signed out', async () => {
    const clock = new MovingClock();
    const memory = new MemoryStore();
    const live = await startShop(memory);
    const shops = new RoundRobin(live);
    const crowd = new Crowd(shops);
    const [leaver, idler] = [new Shopper('leaver', shops), new Shopper('idler', shops)];
    await Promise.all([leaver.signIn(), idler.signIn(), crowd.join(8)]);
    await eventually(crowd.everyoneCame(3));

    const moving = takeOver(memory, {
      to: { store: await place.open(clock), clock },
      until: new Date(clock.now() + HOUR),
    });
    await crowd.join(3);
    await leaver.signOut();
    await moving;

    const replicas = await Promise.all(
      [0, 1].map(async () => startShop(new LetheExpressStore({ store: await place.open(clock), clock }))),
    );
    shops.use(live, ...replicas);
    await eventually(crowd.everyoneCame(3));
    shops.use(...replicas);
    await eventually(crowd.everyoneCame(2));
    await live.close();
    await crowd.join(2);
    await eventually(crowd.everyoneCame(2));
    await crowd.stop();
    await idler.visit();

    expect([...crowd.faults(), ...idler.faults]).toEqual([]);
    expect(Math.min(...replicas.map((shop) => shop.served()))).toBeGreaterThan(crowd.shoppers.length);
    await expect(leaver.knock()).resolves.toBe(401);
    await Promise.all(replicas.map((shop) => shop.close()));
  });
});

/** Old and new replicas side by side on one old place; then the move, by the clock; then the end of the old place. */
function describeRollingMove(
  name: string,
  setUp: () => Promise<{ open(): Promise<Store & OldStore>; stop(): Promise<void> }>,
) {
  describe(`a rolling move from ${name}`, () => {
    it('R30 S31: signs nobody out, while old and new replicas run together, while it moves and after', async () => {
      const clock = new MovingClock();
      const old = await setUp();
      const oldShops = [await startShop(await old.open()), await startShop(await old.open())] as const;
      const shops = new RoundRobin(...oldShops);
      const crowd = new Crowd(shops);
      const early = new Shopper('early', shops);
      const late = new Shopper('late', shops);
      const idler = new Shopper('idler', shops);
      await Promise.all([early.signIn(), late.signIn(), idler.signIn(), crowd.join(5)]);
      const events: string[] = [];
      const dates = { movesFrom: new Date(clock.now() + HOUR), until: new Date(clock.now() + 2 * HOUR) };
      const openNew = async () => {
        const to = { store: await place.open(clock), clock };
        return bridge({ from: await old.open(), to, ...dates, onEvent: ({ type }) => events.push(type) });
      };
      const bridges = [await openNew(), await openNew()] as const;
      const newShops = await Promise.all(bridges.map((each) => startShop(new LetheExpressStore(each))));

      shops.use(oldShops[0], newShops[0]!);
      await crowd.join(3);
      await eventually(crowd.everyoneCame(3));
      await early.signOut();
      shops.use(...newShops);
      await eventually(crowd.everyoneCame(3));
      clock.advance(HOUR);
      await eventually(crowd.everyoneCame(2));
      await late.signOut();
      await bridges[0].moveAll();
      clock.advance(HOUR);
      await eventually(crowd.everyoneCame(2));
      await crowd.stop();
      await idler.visit();

      expect([...crowd.faults(), ...idler.faults]).toEqual([]);
      expect(events).toEqual(['old-place-retired', 'old-place-retired']);
      await expect(Promise.all([early.knock(), late.knock()])).resolves.toEqual([401, 401]);
      await Promise.all([...oldShops, ...newShops].map((shop) => shop.close()));
      await old.stop();
    });
  });
}

describeRollingMove('session-file-store', async () => {
  const path = await mkdtemp(join(tmpdir(), 'lethe-sessions-'));
  const FileStore = fileStore(session);
  return {
    open: () => Promise.resolve(new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => undefined })),
    stop: () => rm(path, { recursive: true }),
  };
});

describeWithValkey('a real server', (url) => {
  describeRollingMove('connect-redis', async () => {
    const client = await createClient({ url }).connect();
    const prefix = `old-sessions-${process.pid}-${Date.now()}:`;
    return {
      open: () => Promise.resolve(new RedisStore({ client, prefix })),
      stop: () => client.close(),
    };
  });
});
