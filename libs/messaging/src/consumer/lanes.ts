import type { Timers } from '@lethe/kernel';
import type { HandlerOutcome } from '../handler-outcome.js';
import { DrainTimeoutError } from '../messaging.errors.js';
import type { Delivery } from '../queue/delivery.js';
import type { QueueSettings } from '../queue/queue-settings.js';
import type { VisibilityKeeper } from '../queue/visibility.js';
import type { Handled } from './consumer.types.js';
import type { Settlement, Verdict } from './settlement.js';

export interface LanesOptions {
  readonly settings: QueueSettings;
  readonly settlement: Settlement;
  readonly visibility: VisibilityKeeper;
  readonly timers: Timers;
  /** Queues a message for a handler's slot. */
  readonly run: (delivery: Delivery) => void;
  /** Told of a try that ended. `final`: the message is ours no longer. */
  readonly settled: (delivery: Delivery, handled: Handled, verdict: Verdict, final: boolean) => void;
  /** Told of a message that was returned untried. */
  readonly returned: (delivery: Delivery) => void;
}

/** The messages of one group, in order. Only the head is tried; it may rest between two tries. */
interface Lane {
  head: Delivery | undefined;
  waiting: Delivery[];
  wake: (() => void) | undefined;
}

type Retry = Extract<HandlerOutcome, { kind: 'retry' }>;
type Rejection = Extract<HandlerOutcome, { kind: 'reject' }>;

/** Tries of a message beyond the last, while the dead-letter queue does not take it. Then SQS is to count. */
const BURIALS = 5;
const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * Order inside the groups of a FIFO queue, and groups side by side. A message that fails is tried again here, with the
 * later ones of its group behind it: to return those would count receives of messages that were never tried, until SQS
 * dead-letters them.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;
  #draining = false;

  constructor(private readonly options: LanesOptions) {}

  /** Messages behind another of their group, and heads that rest. */
  get waiting(): number {
    return this.#waiting;
  }

  add(delivery: Delivery): void {
    const group = groupOf(delivery);
    const lane = this.#lanes.get(group);
    if (lane?.head) {
      lane.waiting.push(delivery);
      this.#waiting += 1;
      return;
    }
    this.#lanes.set(group, { head: delivery, waiting: [], wake: undefined });
    this.options.run(delivery);
  }

  /** The head's handler has ended. */
  ended(delivery: Delivery, handled: Handled): void {
    const { outcome } = handled;
    if (outcome.kind === 'retry') return this.#failed(delivery, handled, outcome);
    if (outcome.kind === 'reject') return void this.#bury(delivery, handled, outcome);
    this.#advance(delivery);
    void this.#settle(delivery, handled, this.options.settlement.done(delivery, handled));
  }

  /** The message may be someone else's now; those behind it must not overtake it here. */
  lost(delivery: Delivery): void {
    const lane = this.#lanes.get(groupOf(delivery));
    if (!lane) return;
    const from = lane.head === delivery ? 0 : lane.waiting.indexOf(delivery);
    if (from < 0) return;
    for (const later of lane.waiting.slice(from)) later.overtaking = true;
    if (lane.head === delivery && lane.wake) {
      this.#rouse(lane);
      this.options.returned(delivery);
      this.#advance(delivery);
    }
  }

  /** Returns whatever is not being handled, each group from its end, so that SQS has them in order. */
  async drain(unstarted: ReadonlySet<Delivery>): Promise<void> {
    this.#draining = true;
    const back: Delivery[] = [];
    for (const [group, lane] of this.#lanes) {
      back.push(...lane.waiting.toReversed());
      this.#waiting -= lane.waiting.length;
      lane.waiting = [];
      if (!lane.head || !(lane.wake || unstarted.has(lane.head))) continue;
      this.#rouse(lane);
      back.push(lane.head);
      this.#lanes.delete(group);
    }
    await this.#giveBack(back);
  }

  #failed(delivery: Delivery, handled: Handled, outcome: Retry): void {
    const { settlement, settings } = this.options;
    const seconds = settlement.retrySeconds(delivery, outcome);
    const { attempt, holding, abort } = delivery;
    if (holding === 'held' && !this.#draining && attempt >= settings.maxReceiveCount) {
      const detail = describe(outcome.error);
      return void this.#bury(delivery, handled, { kind: 'reject', reason: 'failed', detail, error: outcome.error });
    }
    settlement.tellRetry(delivery, handled, outcome, seconds);
    if (holding !== 'held') return this.#giveUp(delivery, handled);
    if (this.#draining || abort.signal.reason instanceof DrainTimeoutError) {
      return void this.#return(delivery, handled, 0);
    }
    if (seconds > settings.visibilityTimeoutSeconds && outcome.afterSeconds !== undefined) {
      return void this.#return(delivery, handled, seconds);
    }
    this.options.settled(delivery, handled, { outcome: 'retried', accepted: true }, false);
    this.#rest(delivery, seconds, () => {
      delivery.again();
      this.options.run(delivery);
    });
  }

  async #bury(delivery: Delivery, handled: Handled, rejection: Rejection): Promise<void> {
    const { settlement, settings } = this.options;
    if (await settlement.bury(delivery, handled, rejection)) {
      this.#advance(delivery);
      const accepted = await settlement.delete(delivery);
      const verdict: Verdict = { outcome: 'dead-lettered', accepted, reason: rejection.reason };
      return this.options.settled(delivery, handled, verdict, true);
    }
    const seconds = settlement.retrySeconds(delivery, {});
    const hopeless = delivery.attempt >= settings.maxReceiveCount + BURIALS;
    if (delivery.holding !== 'held') return this.#giveUp(delivery, handled);
    if (this.#draining || hopeless) return this.#return(delivery, handled, seconds);
    this.options.settled(delivery, handled, { outcome: 'retried', accepted: true }, false);
    this.#rest(delivery, seconds, () => {
      delivery.again();
      void this.#bury(delivery, handled, rejection);
    });
  }

  /** The message was lost: it is not ours to return. */
  #giveUp(delivery: Delivery, handled: Handled): void {
    this.#advance(delivery);
    this.options.settled(delivery, handled, { outcome: 'retried', accepted: false }, true);
  }

  /** Keeps the head, and with it its group, for so long; heartbeats go on, and it takes no slot. */
  #rest(delivery: Delivery, seconds: number, then: () => void): void {
    const lane = this.#lanes.get(groupOf(delivery));
    if (!lane) return;
    this.#waiting += 1;
    lane.wake = this.options.timers.after(seconds * 1_000, () => {
      this.#rouse(lane);
      then();
    });
  }

  #rouse(lane: Lane): void {
    if (!lane.wake) return;
    lane.wake();
    lane.wake = undefined;
    this.#waiting -= 1;
  }

  /** Returns the head, to come back after so long, and those behind it, which SQS holds back until then. */
  async #return(delivery: Delivery, handled: Handled, seconds: number): Promise<void> {
    const lane = this.#lanes.get(groupOf(delivery));
    const followers = lane?.waiting.toReversed() ?? [];
    this.#waiting -= followers.length;
    this.#lanes.delete(groupOf(delivery));
    const returns = followers.map((follower) => [follower, 0] as const);
    const results = await this.options.visibility.returnInOrder([...returns, [delivery, Math.round(seconds)]]);
    for (const follower of followers) this.options.returned(follower);
    this.options.settled(delivery, handled, { outcome: 'retried', accepted: results.at(-1) ?? false }, true);
  }

  /** The head is done with: the next of its group is tried, but for those that would overtake a lost one. */
  #advance(delivery: Delivery): void {
    const group = groupOf(delivery);
    const lane = this.#lanes.get(group);
    if (lane?.head !== delivery) return;
    const overtaking: Delivery[] = [];
    let next = lane.waiting.shift();
    for (; next && (next.overtaking || next.holding === 'lost'); next = lane.waiting.shift()) overtaking.push(next);
    this.#waiting -= overtaking.length;
    void this.#giveBack(overtaking.toReversed());
    lane.head = next;
    if (!next) return void this.#lanes.delete(group);
    this.#waiting -= 1;
    this.options.run(next);
  }

  async #giveBack(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await this.options.visibility.returnInOrder(deliveries.map((delivery) => [delivery, 0] as const));
    for (const delivery of deliveries) this.options.returned(delivery);
  }

  async #settle(delivery: Delivery, handled: Handled, verdict: Promise<Verdict>): Promise<void> {
    this.options.settled(delivery, handled, await verdict, true);
  }
}

function groupOf({ received: { groupId, sqsMessageId } }: Delivery): string {
  return groupId ?? sqsMessageId;
}
