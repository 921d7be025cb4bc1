import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { productPageSchema, productSchema } from '@lethe/contracts';
import { type RunningStore, StoreClient, startStore } from '@lethe/store';
import { Buyer } from './buyer.js';
import { type Fault, type Ground, nameOf } from './faults/fault.js';
import { chooseFaults } from './faults/faults.js';
import { Links } from './faults/links.js';
import { History, type Violation } from './history.js';
import { type Books, type Check, checkInvariants, isAtRest, withBooks } from './invariants.js';
import { type Chance, below, chanceFrom, pick } from './random.js';
import { Staff } from './staff.js';

export interface ChaosOptions {
  /** Purchases to attempt. */
  readonly orders: number;
  /** Faults to inflict, spread over the purchases. */
  readonly faults: number;
  /** Which, as `chooseFaults` reads them. Default: `kill`, of replicas of any service and of the provider. */
  readonly kinds?: string;
  /** Where the operations go when all is over, one JSON object a line. */
  readonly historyFile?: string;
  /** Of each service. */
  readonly replicas: number;
  /** Of the choices; the timing of a run cannot be repeated. */
  readonly seed?: number;
  readonly onPhase?: (phase: string) => void;
  readonly onPurchase?: (placed: number, faults: number) => void;
}

/** What came of a run. */
export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly purchases: { readonly acknowledged: number; readonly refused: number; readonly unknown: number };
  /** Orders by the state they ended in. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Faults that were inflicted, by name such as `kill:orders`. */
  readonly faults: Readonly<Record<string, number>>;
  /** What the clients did, answered or not. */
  readonly operations: number;
  readonly retries: number;
  readonly duplicatesSuppressed: number;
  readonly checks: readonly Check[];
  readonly violations: readonly Violation[];
}

const BUYERS = 12;
const ADMIN = 'admin@lethe.local';
/** A parcel that takes a day would keep the run waiting. Seconds. */
const QUICK_WORKFLOWS = { WORKFLOW_WAIT_SECONDS: '1', WORKFLOW_TRANSIT_SECONDS: '1', WORKFLOW_SETTLE_SECONDS: '1' };
/** Orders that the staff looks up, half of them while buyers buy. */
const TASKS_PER_PURCHASE = 0.5;
/** Few products with little stock, so that buyers meet and the last item is fought over. */
const PRODUCTS = 20;
/** How long everything may take to come to rest after the last purchase. */
const REST_MS = 180_000;

/** Starts a store of its own, lets buyers buy while replicas die by SIGKILL, and holds the books against the promises. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const faults = chooseFaults(options.kinds ?? 'kill');
  const started = performance.now();
  const seed = options.seed ?? Date.now() % 1_000_000;
  const dataDir = mkdtempSync(join(tmpdir(), 'lethe-chaos-'));
  options.onPhase?.(`starting a store of ${options.replicas} replicas each`);
  const links = new Links();
  const { reroute } = links;
  let store: RunningStore | undefined;
  try {
    store = await startStore({
      dataDir,
      port: 0,
      replicas: options.replicas,
      fresh: true,
      seed: false,
      logLevel: 'warn',
      reroute,
      settings: QUICK_WORKFLOWS,
    });
    const run = new ChaosRun({ store, links, chance: chanceFrom(seed) }, options, faults);
    await run.prepare();
    await run.buy();
    options.onPhase?.('waiting for everything to come to rest');
    const outcome = await withBooks(store, (books) => run.audit(books));
    if (options.historyFile !== undefined) run.writeHistory(options.historyFile);
    return { seed, seconds: Math.round((performance.now() - started) / 100) / 10, ...outcome };
  } finally {
    await store?.stop();
    await links.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

class ChaosRun {
  private readonly history = new History();
  private buyers: Buyer[] = [];
  private readonly inflicted = new Map<string, number>();
  private attempted = 0;

  constructor(
    private readonly ground: Ground,
    private readonly options: ChaosOptions,
    private readonly faults: readonly Fault[],
  ) {}

  private get store(): RunningStore {
    return this.ground.store;
  }

  private get chance(): Chance {
    return this.ground.chance;
  }

  /** How many faults there were. */
  private get count(): number {
    return [...this.inflicted.values()].reduce((sum, times) => sum + times, 0);
  }

  async prepare(): Promise<void> {
    const admin = new StoreClient({ baseUrl: this.store.url });
    await admin.signIn(ADMIN, this.store.adminPassword);
    const stock = Math.max(4, Math.round((this.options.orders * 3) / PRODUCTS));
    for (let number = 1; number <= PRODUCTS; number += 1) {
      const price = { amount: 199 + number * 50, currency: 'GBP' };
      await admin.post('/catalog/products', productSchema, {
        body: { sku: `CHAOS-${number}`, name: `Chaos ${number}`, price, available: stock },
      });
    }
    const { items } = await admin.get(`/catalog/products?limit=${PRODUCTS}`, productPageSchema);
    const productIds = items.map(({ id }) => id);
    this.buyers = Array.from(
      { length: BUYERS },
      (_, at) =>
        new Buyer({
          baseUrl: this.store.url,
          name: `buyer${at}`,
          productIds,
          history: this.history,
          chance: this.chance,
        }),
    );
    await Promise.all(this.buyers.map((buyer) => buyer.register()));
  }

  async buy(): Promise<void> {
    await Promise.all([...this.buyers.map((buyer) => this.shop(buyer)), this.serve(), this.disturb()]);
  }

  /** The staff does one task for every few purchases, and as many again when all are made. */
  private async serve(): Promise<void> {
    const { history, chance } = this;
    const [email, password, baseUrl] = [ADMIN, this.store.adminPassword, this.store.url];
    const staff = new Staff({ baseUrl, email, password, history, chance });
    await staff.signIn();
    const tasks = Math.ceil((this.options.orders * TASKS_PER_PURCHASE) / 2);
    for (let task = 0; task < tasks; task += 1) {
      while (this.attempted < (task * this.options.orders) / tasks) await delay(20);
      await staff.work();
    }
    while (this.attempted < this.options.orders) await delay(20);
    for (let task = 0; task < tasks; task += 1) await staff.work();
  }

  writeHistory(file: string): void {
    writeFileSync(file, this.history.operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''));
  }

  async audit(books: Books): Promise<Omit<ChaosReport, 'seed' | 'seconds'>> {
    await this.untilAtRest(books);
    const peeks = await this.peekAtOthers();
    const { checks, violations } = await checkInvariants(this.store, books, this.history, peeks);
    const { rows } = await books.orders.query<{ status: string; count: number }>(
      'SELECT status, count(*)::int AS count FROM orders GROUP BY status',
    );
    const count = (outcome: string): number =>
      this.history.purchases.filter((purchase) => purchase.outcome === outcome).length;
    return {
      purchases: { acknowledged: count('acknowledged'), refused: count('refused'), unknown: count('unknown') },
      statuses: Object.fromEntries(rows.map(({ status, count: orders }) => [status, orders])),
      faults: Object.fromEntries(this.inflicted),
      operations: this.history.operations.length + this.history.purchases.length,
      retries: this.history.retries,
      duplicatesSuppressed: this.history.duplicatesSuppressed,
      checks,
      violations,
    };
  }

  private async shop(buyer: Buyer): Promise<void> {
    while (this.attempted < this.options.orders) {
      this.attempted += 1;
      await buyer.buy();
      if (this.chance() < 0.03) await buyer.signOut();
      this.options.onPurchase?.(this.history.purchases.length, this.count);
    }
  }

  /** Inflicts faults evenly over the run: the next when the buyers have come so far. */
  private async disturb(): Promise<void> {
    while (this.count < this.options.faults) {
      const due = ((this.count + 0.5) * this.options.orders) / this.options.faults;
      while (this.attempted < due) await delay(5);
      const fault = pick(this.chance, this.faults);
      if (await fault.inflict(this.ground))
        this.inflicted.set(nameOf(fault), (this.inflicted.get(nameOf(fault)) ?? 0) + 1);
      else await delay(20);
    }
  }

  private async untilAtRest(books: Books): Promise<void> {
    const deadline = performance.now() + REST_MS;
    while (!(await this.isSettled(books))) {
      if (performance.now() > deadline) {
        this.history.violate('C1', `orders were still on their way ${REST_MS / 1_000} s after the last purchase`);
        return;
      }
      await delay(200);
    }
  }

  private async isSettled(books: Books): Promise<boolean> {
    if (!(await isAtRest(books))) return false;
    const { queues } = await this.store.status();
    if (queues.some(({ waiting, inFlight }) => waiting + inFlight > 0)) return false;
    const { rows } = await books.analytics.query<{ clicks: number }>('SELECT count(*)::int AS clicks FROM click');
    return (rows[0]?.clicks ?? 0) >= this.history.clicks.size;
  }

  /** C7: everyone sees exactly their own orders, and nobody another's. Returns how many looks were taken. */
  private async peekAtOthers(): Promise<number> {
    const owners = new Map(
      this.history.purchases.flatMap(({ orderId, buyer }) =>
        orderId === undefined ? [] : [[orderId, buyer] as const],
      ),
    );
    const orderIds = [...owners.keys()];
    let looks = 0;
    for (const buyer of this.buyers) {
      for (const id of await buyer.orderIds()) {
        looks += 1;
        const owner = owners.get(id);
        if (owner !== undefined && owner !== buyer.email)
          this.history.violate('C7', `${buyer.email} is listed order ${id} of ${owner}`);
      }
      const others = orderIds.filter((id) => owners.get(id) !== buyer.email);
      const other = others[below(this.chance, others.length)];
      if (other === undefined) continue;
      looks += 1;
      const status = await buyer.peek(other);
      if (status !== 404) this.history.violate('C7', `${buyer.email} got ${status} for order ${other} of another`);
    }
    return looks;
  }
}
