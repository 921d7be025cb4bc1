import { orderSchema } from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { type Answer, StoreClient, StoreUnreachable } from '@lethe/store';
import { outcomeOf } from './buyer.js';
import type { History, OperationKind } from './history.js';
import { type Chance, below, pick } from './random.js';

export interface StaffOptions {
  readonly baseUrl: string;
  readonly email: string;
  readonly password: string;
  readonly history: History;
  readonly chance: Chance;
}

type Task = (orderId: string, order: ReturnType<typeof orderSchema.parse>) => Promise<void>;

/** Whoever delivers what was sold, takes goods back and gives money back, while replicas die. */
export class Staff {
  private readonly client: StoreClient;
  /** What is done with an order that is sold, each as likely as the next. */
  private readonly tasks: readonly Task[];

  constructor(private readonly options: StaffOptions) {
    const { baseUrl, history, chance } = options;
    this.client = new StoreClient({
      baseUrl,
      attempts: 30,
      timeoutMs: 10_000,
      onRetry: () => {
        history.retries += 1;
      },
    });
    this.tasks = [
      async (id) => void (await this.act('deliver', id, `/orders/${id}/delivery`)),
      async (id) => void (await this.act('release', id, `/orders/${id}/fulfilment`)),
      async (id, { items }) => {
        // Before it was handed over, an order comes back whole or not at all.
        await this.act('deliver', id, `/orders/${id}/delivery`);
        const { productId, quantity } = pick(chance, items);
        const back = [{ productId, quantity: 1 + below(chance, quantity) }];
        await this.act('return', id, `/orders/${id}/returns`, { items: back, reason: 'did not fit' });
      },
      async (id, { total }) => {
        const amount = { amount: 1 + below(chance, total.amount), currency: total.currency };
        await this.act('refund', id, `/orders/${id}/refunds`, { amount, reason: 'goodwill' });
      },
    ];
  }

  async signIn(): Promise<void> {
    await this.client.signIn(this.options.email, this.options.password);
  }

  /** One task: an order that was acknowledged is looked up and, where it is sold, something is done with it. */
  async work(): Promise<void> {
    const { history, chance } = this.options;
    const orderIds = history.purchases.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]));
    if (orderIds.length === 0) return;
    const orderId = pick(chance, orderIds);
    const order = orderSchema.safeParse((await this.act('read-order', orderId, `/orders/${orderId}`))?.body);
    if (order.success && order.data.payment?.status === 'captured') await pick(chance, this.tasks)(orderId, order.data);
  }

  /** Undefined where no answer came. A repeat carries the same key; every answer but a 5xx is the store's right. */
  private async act(kind: OperationKind, orderId: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const { history, email } = this.options;
    const method = kind === 'read-order' ? 'GET' : 'POST';
    const request = { ...(body === undefined ? {} : { body }), idempotencyKey: uuidv7() };
    const send = (): Promise<Answer> => this.client.send(method, path, method === 'GET' ? {} : request);
    try {
      return await history.record({ client: email, kind, subject: orderId }, send, outcomeOf);
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) throw error;
      return undefined;
    }
  }
}
