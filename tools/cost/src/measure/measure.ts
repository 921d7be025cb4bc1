import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { productPageSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import { MeasurementError } from '../cost.errors.js';
import type { Profile, Work } from '../data/profile.js';
import { type Measured, profileOf } from './profile-of.js';
import { type Received, Shopper } from './shopper.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { between, lessIdle } from './work.js';
import { measureWorkflow } from './workflow-work.js';

/** How much is measured. */
export interface MeasureOptions {
  readonly visits: number;
  readonly orders: number;
  /** Orders placed by many at once, besides. */
  readonly together: number;
  readonly buyers: number;
  readonly idleSeconds: number;
  readonly onPhase?: (phase: string) => void;
}

/** A parcel that takes a day would keep the measurement waiting. Seconds. */
export const QUICK_WORKFLOWS = {
  WORKFLOW_WAIT_SECONDS: '1',
  WORKFLOW_TRANSIT_SECONDS: '1',
  WORKFLOW_SETTLE_SECONDS: '1',
};
const ENDED = new Set(['delivered', 'rejected', 'cancelled']);
const CONFIRMED = new Set([...ENDED, 'confirmed']);
const END_MS = 180_000;
/** How long a customer waits before looking again. */
const LOOK_MS = 1_000;
const PRODUCTS = 2_000;

/** Runs visits and orders through a store of its own, and tells what each of them takes. */
export async function measureProfile(options: MeasureOptions): Promise<Profile> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-cost-'));
  let store: RunningStore | undefined;
  let valkeyUrl: string | undefined;
  try {
    options.onPhase?.('starting a store');
    store = await startStore({
      dataDir,
      port: 0,
      replicas: 1,
      fresh: true,
      seed: true,
      settings: QUICK_WORKFLOWS,
      reroute: (backing, url) => {
        if (backing === 'valkey') valkeyUrl = url;
        return Promise.resolve(url);
      },
    });
    return await new Measurement(store, valkeyUrl, options).run();
  } finally {
    await store?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/**
 * What each of so many orders takes, placed alone one after the other in a store that runs with {@link QUICK_WORKFLOWS}, less
 * what its replicas do anyway by the profile. For {@link driftOf}.
 */
export async function measureOrders(
  store: RunningStore,
  profile: Profile,
  orders: number,
): Promise<Readonly<Record<string, Work>>> {
  const options = { visits: 0, orders, together: 0, buyers: 1, idleSeconds: 0 };
  return new Measurement(store, undefined, options).perOrder(profile);
}

class Measurement {
  readonly #received: Received = { bytes: 0 };
  readonly #admin: StoreClient;

  constructor(
    private readonly store: RunningStore,
    private readonly valkeyUrl: string | undefined,
    private readonly options: MeasureOptions,
  ) {
    this.#admin = new StoreClient({ baseUrl: store.url, timeoutMs: 60_000 });
  }

  async run(): Promise<Profile> {
    const { visits, orders, together, buyers, idleSeconds } = this.options;
    const shoppers = await this.#shoppers(buyers);
    this.#say('warming up');
    await this.#visits(shoppers, Math.ceil(visits / 4));
    await this.#orders(shoppers.slice(0, 1), Math.ceil(orders / 4));
    this.#say(`idle for ${idleSeconds} s`);
    const idle = await this.#during(() => delay(idleSeconds * 1_000));
    this.#say(`${visits} visits`);
    const visit = await this.#during(() => this.#visits(shoppers.slice(0, 1), visits));
    const mailsBefore = await this.#mails();
    this.#say(`${orders} orders one after the other`);
    const order = await this.#during(() => this.#orders(shoppers.slice(0, 1), orders));
    const mails = (await this.#mails()) - mailsBefore;
    this.#say(`${together} orders, ${buyers} at a time`);
    const many = await this.#during(() => this.#orders(shoppers, together));
    const workflow = await measureWorkflow(this.store);
    return profileOf(this.options, { idle, visit, order, together: many, mails, workflow });
  }

  async perOrder(profile: Profile): Promise<Readonly<Record<string, Work>>> {
    const { orders } = this.options;
    const shoppers = await this.#shoppers(1);
    await this.#orders(shoppers, 1);
    const done = await this.#during(() => this.#orders(shoppers, orders));
    return lessIdle(done, profile, orders);
  }

  async #shoppers(count: number): Promise<Shopper[]> {
    const admin = this.#admin;
    await admin.signIn('admin@lethe.local', this.store.adminPassword);
    const { items } = await admin.get('/catalog/products?limit=100', productPageSchema);
    // Enough of everything for every order of the run.
    for (const { id } of items)
      await admin.expect('POST', `/catalog/products/${id}/stock`, { body: { delta: PRODUCTS, reason: 'delivery' } });
    const shoppers = Array.from({ length: count }, (_, at) => {
      const own = [...items.slice(at * 2), ...items.slice(0, at * 2)];
      return new Shopper(this.store.url, own, this.#received);
    });
    for (const shopper of shoppers) await shopper.register();
    return shoppers;
  }

  async #during(work: () => Promise<unknown>): Promise<Measured> {
    const [from, bytes] = [await this.#look(), this.#received.bytes];
    await work();
    return { ...between(from, await this.#look()), received: this.#received.bytes - bytes };
  }

  #look(): Promise<Snapshot> {
    return takeSnapshot(this.store, this.valkeyUrl);
  }

  async #visits(shoppers: readonly Shopper[], count: number): Promise<void> {
    await shared(shoppers, count, (shopper) => shopper.visit());
  }

  /** Places orders and waits until the last of them is at the door. */
  async #orders(shoppers: readonly Shopper[], count: number): Promise<void> {
    const placed: { readonly shopper: Shopper; readonly id: string }[] = [];
    await shared(shoppers, count, async (shopper) => {
      const id = await shopper.order();
      placed.push({ shopper, id });
      await this.#untilIn(shopper, id, CONFIRMED);
      await this.#admin.expect('POST', `/orders/${id}/fulfilment`, { repeatable: true });
    });
    for (const { shopper, id } of placed) await this.#untilIn(shopper, id, ENDED);
    await this.#untilQueuesAreEmpty();
  }

  async #untilIn(shopper: Shopper, id: string, states: ReadonlySet<string>): Promise<void> {
    const deadline = performance.now() + END_MS;
    for (let state = await shopper.stateOf(id); !states.has(state); state = await shopper.stateOf(id)) {
      if (performance.now() > deadline) throw new MeasurementError(`order ${id} is still ${state}`);
      await delay(LOOK_MS);
    }
  }

  async #untilQueuesAreEmpty(): Promise<void> {
    const deadline = performance.now() + END_MS;
    for (;;) {
      const { queues } = await this.store.status();
      if (queues.every(({ waiting, inFlight }) => waiting + inFlight === 0)) return;
      if (performance.now() > deadline) throw new MeasurementError('the queues do not become empty');
      await delay(500);
    }
  }

  async #mails(): Promise<number> {
    const answer: unknown = await (await fetch(new URL('/store', this.store.mailUrl))).json();
    const emails: unknown = typeof answer === 'object' && answer !== null && 'emails' in answer ? answer.emails : [];
    return Array.isArray(emails) ? emails.length : 0;
  }

  #say(phase: string): void {
    this.options.onPhase?.(phase);
  }
}

/** Does the work so many times, each of the shoppers one at a time. */
async function shared(
  shoppers: readonly Shopper[],
  count: number,
  work: (shopper: Shopper) => Promise<void>,
): Promise<void> {
  let left = count;
  await Promise.all(
    shoppers.map(async (shopper) => {
      while (left > 0) {
        left -= 1;
        await work(shopper);
      }
    }),
  );
}
