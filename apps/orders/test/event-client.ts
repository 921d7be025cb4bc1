import { eventually } from '@lethe/testing';
import type { OrdersApp } from './orders-app.js';

/** An event as it came. */
export interface Heard {
  readonly id: string;
  readonly status: string;
  readonly cause: string | undefined;
}

/** A client of `GET /orders/{id}/events`, on one replica. */
export class EventClient {
  readonly heard: Heard[] = [];
  #rest = '';
  #ended = false;

  private constructor(
    readonly answer: Response,
    private readonly control: AbortController,
  ) {}

  static async open(
    replica: OrdersApp,
    orderId: string,
    { as, roles, lastEventId }: { as: string; roles?: readonly string[]; lastEventId?: string },
  ): Promise<EventClient> {
    const control = new AbortController();
    const answer = await fetch(`${replica.url}/orders/${orderId}/events`, {
      headers: {
        authorization: replica.bearer(as, roles),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: control.signal,
    });
    const client = new EventClient(answer, control);
    void client.#read();
    return client;
  }

  /** Resolves once the client has heard so many events. Throws where that does not happen. */
  async hears(count: number): Promise<readonly Heard[]> {
    await eventually(() => this.#demand(this.heard.length >= count));
    return this.heard;
  }

  /** Resolves once the answer has ended. Throws where it does not. */
  async ends(): Promise<readonly Heard[]> {
    await eventually(() => this.#demand(this.#ended));
    return this.heard;
  }

  leave(): void {
    this.control.abort();
  }

  #demand(holds: boolean): void {
    if (!holds) throw new Error(`heard ${JSON.stringify(this.heard)}, ended: ${this.#ended}`);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.answer.body ?? []) this.#take(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      if (!this.control.signal.aborted) this.heard.push({ id: '', status: String(error), cause: undefined });
    }
    this.#ended = true;
  }

  #take(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
      const data = fields.get('data');
      if (data === undefined) continue;
      const { status, cause } = JSON.parse(data) as { status: string; cause?: string };
      this.heard.push({ id: fields.get('id') ?? '', status, cause });
    }
  }
}
