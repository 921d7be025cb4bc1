import { type Shop } from './shop.js';

/** Sends each request to the next replica, whoever asks: no stickiness. */
export class RoundRobin {
  #shops: readonly Shop[];
  #turn = 0;

  constructor(...shops: Shop[]) {
    this.#shops = shops;
  }

  next(): string {
    this.#turn += 1;
    const shop = this.#shops[this.#turn % this.#shops.length];
    if (shop === undefined) throw new Error('no replica is left');
    return shop.url;
  }

  use(...shops: Shop[]): void {
    this.#shops = shops;
  }
}

/** A visitor with a browser: signs in once, then visits and notes whatever is wrong with an answer. */
export class Shopper {
  readonly faults: string[] = [];
  visits = 0;
  #cookie = '';

  constructor(
    readonly name: string,
    readonly shops: RoundRobin,
  ) {}

  async signIn(): Promise<void> {
    const response = await this.#post(`/sign-in/${this.name}`);
    if (response.status !== 200) this.faults.push(`sign-in answered ${response.status}`);
  }

  /** Every visit must know who comes, and count on from the visit before. */
  async visit(): Promise<void> {
    const response = await this.#post('/visit');
    this.visits += 1;
    const found = response.status === 200 ? await response.text() : `status ${response.status}`;
    const expected = JSON.stringify({ visitor: this.name, visits: this.visits });
    if (found !== expected) this.faults.push(`visit ${this.visits} answered ${found}`);
  }

  async visitUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.faults.length === 0) await this.visit();
  }

  async signOut(): Promise<void> {
    await this.#post('/sign-out');
  }

  /** The status of a visit of one who may not be signed in. */
  async knock(): Promise<number> {
    return (await this.#post('/visit')).status;
  }

  async #post(path: string): Promise<Response> {
    const response = await fetch(`${this.shops.next()}${path}`, { method: 'POST', headers: { cookie: this.#cookie } });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? '';
    return response;
  }
}

/** Visitors who come all the time until they are told to stop. */
export class Crowd {
  readonly shoppers: Shopper[] = [];
  readonly #stopped = new AbortController();
  readonly #visiting: Promise<void>[] = [];

  constructor(readonly shops: RoundRobin) {}

  /** So many more sign in, and begin to visit. */
  async join(count: number): Promise<void> {
    const first = this.shoppers.length;
    const newcomers = Array.from({ length: count }, (_, index) => new Shopper(`shopper-${first + index}`, this.shops));
    await Promise.all(newcomers.map((shopper) => shopper.signIn()));
    this.shoppers.push(...newcomers);
    this.#visiting.push(...newcomers.map((shopper) => shopper.visitUntil(this.#stopped.signal)));
  }

  /** What went wrong so far, for anybody. */
  faults(): string[] {
    return this.shoppers.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
  }

  visits(): number {
    return this.shoppers.reduce((sum, { visits }) => sum + visits, 0);
  }

  /** Fails until everybody has come so many times more, or something went wrong. */
  everyoneCame(times: number): () => void {
    const targets = this.shoppers.map((shopper) => ({ shopper, visits: shopper.visits + times }));
    return () => {
      const missing = targets.filter(({ shopper, visits }) => shopper.visits < visits).length;
      if (missing > 0 && this.faults().length === 0) throw new Error(`${missing} have yet to come`);
    };
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#visiting);
  }
}
