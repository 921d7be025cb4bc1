import { type Dispatcher, Agent, request } from 'undici';
import type { Faults } from '../api/faults.js';
import type { BookedEvent } from '../ledger/book.js';
import type { EventType } from '../ledger/change.js';
import { eventView } from '../ledger/views.js';
import { DeliveryError } from '../payment-simulator.errors.js';
import { signatureOf } from './signature.js';

/** How events are sent; where to, the settings say. */
export interface WebhookOptions {
  /** One, or two while one takes the place of the other. */
  readonly secrets: readonly string[];
  /** The events that are sent, as one chooses them for an endpoint at Stripe. Empty: all. */
  readonly enabled: ReadonlySet<EventType>;
  readonly publicUrl: () => string;
  /** Milliseconds until the first repetition; doubled each time, up to a minute. Stripe's are hours. */
  readonly retryMs: number;
}

/** Where events come from, and are told to have arrived. */
export interface Outbox {
  onEvent(listener: (event: BookedEvent) => void): void;
  delivered(ids: readonly string[]): Promise<void>;
  ignore(id: string): void;
}

const CONCURRENCY = 8;
const TIMEOUT_MS = 5_000;
const MAX_RETRY_MS = 60_000;
/** After that the event is given up, as Stripe does after days; the list of events still has it. */
const MAX_ATTEMPTS = 15;
/** The most that a held-back event waits. */
const SHUFFLE_MS = 2_000;

/** Sends events to the shop's webhook until it answers 2xx: at least once, in no certain order, as Stripe does. */
export class Webhooks {
  private readonly agent: Dispatcher;
  private readonly waiting: { event: BookedEvent; attempt: number }[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private sending = 0;
  private closed = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly faults: Faults,
    private readonly options: WebhookOptions,
  ) {
    const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, connect: { timeout: TIMEOUT_MS } };
    this.agent = new Agent({ connections: CONCURRENCY, ...timeouts });
    outbox.onEvent((event) => this.take(event));
  }

  /** Breaks off what is being sent; the next process sends it again. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.length = 0;
    for (const timer of this.timers) clearTimeout(timer);
    await this.agent.destroy();
  }

  private take(event: BookedEvent): void {
    const { enabled } = this.options;
    const { webhookUrl } = this.faults.current;
    if (webhookUrl === null || (enabled.size > 0 && !enabled.has(event.type))) {
      this.outbox.ignore(event.id);
      return;
    }
    if (this.faults.hits('lostWebhooks')) {
      this.report(this.outbox.delivered([event.id]));
      return;
    }
    if (this.faults.hits('shuffledWebhooks')) this.later(event, 1, Math.random() * SHUFFLE_MS);
    else this.enqueue(event, 1);
    if (this.faults.hits('duplicateWebhooks')) this.later(event, 1, Math.random() * SHUFFLE_MS);
  }

  private enqueue(event: BookedEvent, attempt: number): void {
    if (this.closed) return;
    this.waiting.push({ event, attempt });
    if (this.sending < CONCURRENCY) this.report(this.drain());
  }

  private later(event: BookedEvent, attempt: number, ms: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.enqueue(event, attempt);
    }, ms).unref();
    this.timers.add(timer);
  }

  private async drain(): Promise<void> {
    this.sending += 1;
    try {
      for (let next = this.waiting.shift(); next && !this.closed; next = this.waiting.shift()) {
        await this.deliver(next.event, next.attempt);
      }
    } finally {
      this.sending -= 1;
    }
  }

  private async deliver(event: BookedEvent, attempt: number): Promise<void> {
    try {
      await this.send(event);
    } catch (error) {
      if (!(error instanceof Error) || this.closed) return;
      if (attempt < MAX_ATTEMPTS) {
        const ceiling = Math.min(MAX_RETRY_MS, this.options.retryMs * 2 ** (attempt - 1));
        this.later(event, attempt + 1, ceiling * (0.5 + Math.random() / 2));
        return;
      }
    }
    await this.outbox.delivered([event.id]);
  }

  private async send(event: BookedEvent): Promise<void> {
    const { webhookUrl } = this.faults.current;
    if (webhookUrl === null) return;
    const body = JSON.stringify(eventView(event, event.change, { publicUrl: this.options.publicUrl() }));
    const signature = signatureOf(body, this.options.secrets, Math.floor(Date.now() / 1_000));
    const answer = await request(webhookUrl, {
      method: 'POST',
      dispatcher: this.agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode < 200 || answer.statusCode > 299) throw new DeliveryError(`answered ${answer.statusCode}`);
  }

  /** A journal that broke says so to every caller of the API; here it is only noted. */
  private report(work: Promise<void>): void {
    work.catch((error: unknown) => process.stderr.write(`webhooks: ${String(error)}\n`));
  }
}
