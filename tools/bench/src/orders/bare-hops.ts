import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, Agent, request } from 'node:http';
import { CreateTopicCommand, DeleteTopicCommand, PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { AwsClients } from '@lethe/aws';
import pg from 'pg';
import { UnfairRunError } from '../bench.errors.js';

/** The hops of an order from its 202 to `confirmed`: what each is, and how often there is one. */
export const HOPS = {
  queue: { times: 2, what: 'send to SQS, receive by a long poll that waits' },
  topic: { times: 1, what: 'publish to SNS, receive from SQS by a long poll that waits' },
  transaction: { times: 3, what: 'inbox, lock, change, history, outbox, prepared, one after another, one commit' },
  write: { times: 2, what: 'one prepared update, one commit' },
  provider: { times: 2, what: "a call of the payment provider's simulator: authorize, capture" },
} as const;
export type Hop = keyof typeof HOPS;

/** Does hops by hand. */
export interface BareHops {
  /** Each hop that one order takes, in turn; gives how long each kind took, in milliseconds. */
  readonly order: () => Promise<Readonly<Record<Hop, readonly number[]>>>;
  stop(): Promise<void>;
}

/** Where they are done: with the servers of the store, beside it. */
export interface HopGround {
  readonly region: string;
  readonly databaseUrl: string;
  readonly paymentUrl: string;
}

const POLLERS = 4;
const TABLES = `CREATE TABLE IF NOT EXISTS hop_inbox (id uuid PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS hop_order (id uuid PRIMARY KEY, state text NOT NULL);
  CREATE TABLE IF NOT EXISTS hop_history (id uuid NOT NULL, step int NOT NULL, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS hop_outbox (id uuid PRIMARY KEY, body text NOT NULL)`;
const BODY = JSON.stringify({ specversion: '1.0', source: 'bench', data: 'x'.repeat(300) });

/** Messages through a queue of its own, straight or by a topic. */
class Mail {
  readonly #waiting = new Map<string, () => void>();
  readonly #stopping = new AbortController();
  #pollers: Promise<void>[] = [];
  #queueUrl = '';
  #topicArn = '';

  constructor(private readonly clients: AwsClients) {}

  async open(): Promise<void> {
    const { sqs, sns } = this.clients;
    const name = `bench-hops-${randomUUID()}`;
    this.#queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? '';
    const asked = { QueueUrl: this.#queueUrl, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked));
    this.#topicArn = (await sns.send(new CreateTopicCommand({ Name: name }))).TopicArn ?? '';
    await sns.send(
      new SubscribeCommand({
        TopicArn: this.#topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes?.QueueArn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    this.#pollers = Array.from({ length: POLLERS }, () => this.#poll());
  }

  async through(way: 'queue' | 'topic'): Promise<void> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(id, resolve);
    const text = `${id} ${BODY}`;
    await (way === 'queue'
      ? this.clients.sqs.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: text }))
      : this.clients.sns.send(new PublishCommand({ TopicArn: this.#topicArn, Message: text })));
    await promise;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#pollers);
    await this.clients.sns.send(new DeleteTopicCommand({ TopicArn: this.#topicArn }));
    await this.clients.sqs.send(new DeleteQueueCommand({ QueueUrl: this.#queueUrl }));
    this.clients.close();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const receive = new ReceiveMessageCommand({
      QueueUrl: this.#queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
    });
    while (!signal.aborted) {
      const { Messages = [] } = await this.clients.sqs.send(receive);
      for (const { Body = '' } of Messages) this.#waiting.get(Body.slice(0, Body.indexOf(' ')))?.();
      if (Messages.length === 0) continue;
      const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
      await this.clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }));
    }
  }
}

/** One step of a worker that is written by hand. */
async function transaction(pool: pg.Pool, orderId: string, step: number): Promise<void> {
  const client = await pool.connect();
  const run = (name: string, text: string, values: unknown[]) => client.query({ name: `hop.${name}`, text, values });
  try {
    await client.query('BEGIN');
    await run('inbox', 'INSERT INTO hop_inbox (id) VALUES ($1) ON CONFLICT DO NOTHING', [randomUUID()]);
    await run('lock', 'SELECT state FROM hop_order WHERE id = $1 FOR UPDATE', [orderId]);
    await run('change', 'UPDATE hop_order SET state = $2 WHERE id = $1', [orderId, String(step)]);
    await run('history', 'INSERT INTO hop_history (id, step) VALUES ($1, $2)', [orderId, step]);
    await run('outbox', 'INSERT INTO hop_outbox (id, body) VALUES ($1, $2)', [randomUUID(), BODY]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

/** Asks the provider as its own documentation says: a form, a key, the answer in JSON. */
class Provider {
  readonly #agent = new Agent({ keepAlive: true });
  constructor(private readonly url: string) {}

  async post(path: string, form: Readonly<Record<string, string>>): Promise<{ readonly id: string }> {
    const body = new URLSearchParams(form).toString();
    const headers = {
      authorization: 'Bearer sk_test_simulated',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      'idempotency-key': randomUUID(),
    };
    const asked = request(this.url + path, { method: 'POST', agent: this.#agent, headers }).end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    if (answer.statusCode !== 200) throw new UnfairRunError(`${path} answered ${answer.statusCode} ${text}`);
    return JSON.parse(text) as { readonly id: string };
  }

  close(): void {
    this.#agent.destroy();
  }
}

const AUTHORIZE = {
  amount: '1530',
  currency: 'gbp',
  capture_method: 'manual',
  confirm: 'true',
  'payment_method_data[type]': 'card',
  'payment_method_data[card][token]': 'tok_visa',
};

/** Opens what the hops need. */
export async function openBareHops({ region, databaseUrl, paymentUrl }: HopGround): Promise<BareHops> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  await pool.query(TABLES);
  const mail = new Mail(new AwsClients({ region }));
  await mail.open();
  const provider = new Provider(paymentUrl);
  const timed = async <T>(times: number[], hop: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await hop();
    times.push(performance.now() - began);
    return result;
  };
  return {
    async order() {
      const took: Record<Hop, number[]> = { queue: [], topic: [], transaction: [], write: [], provider: [] };
      const id = randomUUID();
      const write = { name: 'hop.write', text: 'UPDATE hop_order SET state = $2 WHERE id = $1', values: [id, 'x'] };
      await pool.query('INSERT INTO hop_order (id, state) VALUES ($1, $2)', [id, 'new']);
      await timed(took.queue, () => mail.through('queue'));
      await timed(took.transaction, () => transaction(pool, id, 1));
      await timed(took.topic, () => mail.through('topic'));
      await timed(took.transaction, () => transaction(pool, id, 2));
      await timed(took.queue, () => mail.through('queue'));
      await timed(took.write, () => pool.query(write));
      const payment = await timed(took.provider, () => provider.post('/v1/payment_intents', AUTHORIZE));
      await timed(took.write, () => pool.query(write));
      await timed(took.provider, () => provider.post(`/v1/payment_intents/${payment.id}/capture`, {}));
      await timed(took.transaction, () => transaction(pool, id, 3));
      return took;
    },
    async stop() {
      provider.close();
      await mail.close();
      await pool.end();
    },
  };
}
