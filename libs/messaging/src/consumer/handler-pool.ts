import type { Timers } from '@lethe/kernel';
import type { Delivery } from '../queue/delivery.js';
import type { ConcurrencyLimit } from './concurrency-limit.js';
import type { Handled } from './consumer.types.js';

export interface HandlerPoolOptions {
  readonly limit: ConcurrencyLimit;
  readonly timers: Timers;
  /** Runs the handler. Never rejects. */
  readonly handle: (delivery: Delivery) => Promise<Handled>;
  /** Whether more slots would let more messages in. */
  readonly short: () => boolean;
  /** Takes what the handler said; its slot is free again. Must not throw. */
  readonly ended: (delivery: Delivery, handled: Handled) => void;
}

/** Milliseconds after which slots that are all taken, and of which none came free, are too few. */
const STUCK_MS = 100;

/** Runs handlers, as many at once as the limit allows; deliveries wait for a slot in the order of their arrival. */
export class HandlerPool {
  readonly running = new Set<Delivery>();
  #ready: Delivery[] = [];
  #endings = 0;
  #watch: (() => void) | undefined;

  constructor(private readonly options: HandlerPoolOptions) {}

  get ready(): number {
    return this.#ready.length;
  }

  add(delivery: Delivery): void {
    if (this.#ready.length === 0 && this.running.size < this.options.limit.current) this.#start(delivery);
    else this.#ready.push(delivery);
  }

  /** Takes away what has not been started. */
  takeReady(): Delivery[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  stop(): void {
    this.#watch?.();
    this.#watch = undefined;
  }

  #start(delivery: Delivery): void {
    const { timers, handle } = this.options;
    this.running.add(delivery);
    if (this.running.size >= this.options.limit.current) this.#watch ??= this.#watchSlots();
    delivery.startedAt = timers.monotonic();
    void handle(delivery).then((handled) => this.#end(delivery, handled));
  }

  #end(delivery: Delivery, handled: Handled): void {
    const { limit, timers, ended, short } = this.options;
    delivery.endedAt = timers.monotonic();
    limit.ended(delivery.endedAt, delivery.endedAt - delivery.startedAt, short());
    this.running.delete(delivery);
    this.#endings += 1;
    this.#fill();
    ended(delivery, handled);
  }

  #fill(): void {
    while (this.running.size < this.options.limit.current) {
      const next = this.#ready.shift();
      if (!next) return;
      this.#start(next);
    }
  }

  #watchSlots(): () => void {
    const before = this.#endings;
    return this.options.timers.after(STUCK_MS, () => {
      this.#watch = undefined;
      const { limit } = this.options;
      const { current } = limit;
      if (this.running.size < current || this.#endings > before) return;
      limit.stuck();
      if (limit.current > current) this.#fill();
    });
  }
}
