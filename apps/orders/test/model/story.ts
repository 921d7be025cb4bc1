import { PaymentOutcomeUnknownError } from '../../src/orders.errors.js';
import type { Action, Deed, Place, Surprise } from './actions.js';
import { type OrderBooks, letPass, ordersOf } from './books.js';
import { type Answer, expectationOf } from './expectations.js';
import { Killed } from '@lethe/testing';
import { Invariants } from './invariants.js';
import type { Shop } from './shop.js';

/** Enough for everything to come to rest; a story has at most a hundred deeds. */
const MOST_ROUNDS = 300;
/** After it every time-out has run out, and the provider has forgotten its keys. */
const DAY = 86_400;

/** Plays a story in a shop: looks at everything after each action, and then sees how it ends. */
export class Story {
  readonly #invariants: Invariants;

  constructor(private readonly shop: Shop) {
    this.#invariants = new Invariants(shop);
  }

  /** Gives the first faults that there are, in words: an invariant that does not hold, an answer that nobody should have had. */
  async play(actions: readonly Action[]): Promise<string[]> {
    await this.shop.mail.empty();
    for (const action of actions) {
      const faults = [...(await this.#act(action)), ...(await this.#look(false))];
      if (faults.length > 0) return [`after ${JSON.stringify(action)}`, ...faults];
    }
    return (await this.#rest()) ? this.#look(true) : ['it does not come to rest'];
  }

  /** Gives the faults that only an answer shows. */
  async #act(action: Action): Promise<string[]> {
    if (action.do === 'wait') await this.#wait(action.seconds);
    else if (action.do === 'slow-refunds') this.#slowRefunds(action.slow);
    else if (action.do === 'together') await settled(action.deeds.map((deed) => this.shop.perform(deed)));
    else if (action.do === 'interrupted') await this.#interrupt(action);
    else return this.#expect(action);
    return [];
  }

  #slowRefunds(slow: boolean): void {
    const { provider } = this.shop.around;
    provider.refundsEnd(slow ? 'pending' : 'succeeded');
    if (!slow) provider.settleRefunds('succeeded');
  }

  async #interrupt({ deed, after, by }: Action & { do: 'interrupted' }): Promise<void> {
    const { instants } = this.shop.around;
    instants.arm(after, (place) => this.#surprise(by, place));
    await this.shop.perform(deed);
    instants.disarm();
  }

  async #surprise(by: Surprise, place: Place): Promise<void> {
    if (typeof by === 'object') {
      for (const each of by) await (each.do === 'wait' ? this.#wait(each.seconds) : this.shop.perform(each));
      return;
    }
    // An answer that is lost: of the database or the runner of workflows it is the end of the work as well.
    if (by === 'silence' && place === 'provider') throw new PaymentOutcomeUnknownError('find', 'test', 'no answer');
    throw new Killed();
  }

  /** Somebody asks for something, and the order as it is decides the answer. */
  async #expect(deed: Deed): Promise<string[]> {
    const before = 'order' in deed && deed.do !== 'repeat' ? await this.#orderOf(deed.order) : undefined;
    const answer: Answer | undefined = await this.shop.perform(deed);
    const expected = before && expectationOf(deed, before);
    if (expected === undefined || answer === expected) return [];
    return [`it was ${answer}, and should have been ${expected}, of ${JSON.stringify(before)}`];
  }

  async #orderOf(at: number): Promise<OrderBooks | undefined> {
    const { orders, customer, around } = this.shop;
    const known = orders[at % Math.max(orders.length, 1)];
    return (await ordersOf(around.database, customer)).find(({ id }) => id === known?.id);
  }

  async #wait(seconds: number): Promise<void> {
    const { database, provider } = this.shop.around;
    await letPass(database, this.shop.customer, seconds);
    provider.pass(seconds * 1_000);
    if (seconds >= DAY) provider.forgetKeys();
  }

  /** Whether all comes to rest: everything on its way arrives, workflows end, and time passes until nobody waits for anything. */
  async #rest(): Promise<boolean> {
    const { provider, workflows } = this.shop.around;
    provider.settleRefunds('succeeded');
    provider.refundsEnd('succeeded');
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      let moved = await this.shop.deliverAll();
      for (const name of workflows.running) moved = (await workflows.advance(name)) || moved;
      await this.shop.mail.collect();
      if (moved) continue;
      const waiting = this.shop.mail.onTheWay.length + (await this.shop.mail.later()).length;
      if (waiting === 0 && workflows.running.length === 0) return true;
      this.#decideAll();
      await this.#wait(DAY);
      await this.shop.mail.collect();
    }
    return false;
  }

  /** Banks make up their minds in the end. */
  #decideAll(): void {
    const { provider } = this.shop.around;
    for (const [at, { id }] of this.shop.orders.entries()) {
      if (provider.statesOf(id).includes('processing')) provider.becomes(id, at % 2 === 0 ? 'authorized' : 'declined');
    }
  }

  async #look(atRest: boolean): Promise<string[]> {
    await this.shop.mail.collect();
    return this.#invariants.faults(atRest);
  }
}

/** Waits for all of them; throws what the first of them threw. */
async function settled(all: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
