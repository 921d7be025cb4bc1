import { getFips } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsCall, CallCounter } from './call-counter.js';
import { countCalls } from './count-calls.js';
import { BoundedHttpHandler, type Timeouts } from './http-handler.js';
import { withLeanCalls } from './lean/lean-client.js';

/** Attempts of one operation, the first included: with two retries the amplification stays small (R05). */
export const MAX_ATTEMPTS = 3;
/** Milliseconds for an S3 request: one part of an upload may be 8 MiB over a slow link. */
const S3_REQUEST_TIMEOUT_MS = 15_000;

/**
 * Who carries out the hot calls: SQS receive, delete, change visibility and send, Kinesis put and get, DynamoDB get, put,
 * update and delete of items. `lean` is this
 * library's own client, at less than half of the CPU; `sdk` leaves them to the SDK, with all its middleware.
 */
export type Transport = 'lean' | 'sdk';

/** Timeouts in milliseconds: 1,000 to connect, and 5,000 (S3: 15,000) until the answer begins. */
export interface AwsClientsOptions extends Timeouts {
  readonly region: string;
  /** Default `lean`. The clients have the same types, outputs and errors with both. */
  readonly transport?: Transport;
  /** Told of every operation when it ends. Must not throw. */
  readonly onCall?: (call: AwsCall) => void;
}

/**
 * The AWS clients of one process, each made when first asked for. Endpoints and credentials come from the SDK's own
 * resolution (`AWS_ENDPOINT_URL_SQS`, `AWS_ACCESS_KEY_ID`, task role …), so local and AWS need no branch.
 */
export class AwsClients {
  readonly calls = new CallCounter();
  readonly #options: AwsClientsOptions;
  readonly #onCall: (call: AwsCall) => void;
  readonly #lean: boolean;
  #sqs: SQSClient | undefined;
  #sns: SNSClient | undefined;
  #kinesis: KinesisClient | undefined;
  #dynamodb: DynamoDBClient | undefined;
  #s3: S3Client | undefined;

  constructor(options: AwsClientsOptions) {
    this.#options = options;
    // Without MD5, as FIPS 140 wants it, the SDK brings its own to check message bodies.
    this.#lean = options.transport !== 'sdk' && getFips() === 0;
    this.#onCall = (call) => {
      this.calls.add(call);
      options.onCall?.(call);
    };
  }

  get sqs(): SQSClient {
    if (!this.#sqs) {
      // The client's own endpoint serves every queue of the region; the host in a queue URL is only a name.
      const config = this.#config();
      this.#sqs = this.#hot(new SQSClient({ ...config, useQueueUrlAsEndpoint: false }), config.requestHandler);
      countCalls(this.#sqs.middlewareStack, 'sqs', this.#onCall);
    }
    return this.#sqs;
  }

  get sns(): SNSClient {
    if (!this.#sns) {
      this.#sns = new SNSClient(this.#config());
      countCalls(this.#sns.middlewareStack, 'sns', this.#onCall);
    }
    return this.#sns;
  }

  get kinesis(): KinesisClient {
    if (!this.#kinesis) {
      // The SDK's default for Kinesis is HTTP/2, whose sessions have neither a connect timeout nor a bound on sockets.
      const config = this.#config();
      this.#kinesis = this.#hot(new KinesisClient(config), config.requestHandler);
      countCalls(this.#kinesis.middlewareStack, 'kinesis', this.#onCall);
    }
    return this.#kinesis;
  }

  get dynamodb(): DynamoDBClient {
    if (!this.#dynamodb) {
      const config = this.#config();
      this.#dynamodb = this.#hot(new DynamoDBClient(config), config.requestHandler);
      countCalls(this.#dynamodb.middlewareStack, 'dynamodb', this.#onCall);
    }
    return this.#dynamodb;
  }

  /** Path-style, so that any endpoint serves it. Bodies stream: the timeout ends when the answer begins. */
  get s3(): S3Client {
    if (!this.#s3) {
      this.#s3 = new S3Client({ ...this.#config(S3_REQUEST_TIMEOUT_MS), forcePathStyle: true });
      countCalls(this.#s3.middlewareStack, 's3', this.#onCall);
    }
    return this.#s3;
  }

  /** Closes every client made so far, with its sockets. A client asked for afterwards is a new one. */
  close(): void {
    for (const client of [this.#sqs, this.#sns, this.#kinesis, this.#dynamodb, this.#s3]) client?.destroy();
    this.#sqs = this.#sns = this.#kinesis = this.#dynamodb = this.#s3 = undefined;
  }

  #hot<Client extends SQSClient | KinesisClient | DynamoDBClient>(client: Client, handler: BoundedHttpHandler): Client {
    return this.#lean ? withLeanCalls(client, handler, this.#onCall) : client;
  }

  #config(defaultRequestTimeoutMs?: number) {
    const { region, connectTimeoutMs, requestTimeoutMs = defaultRequestTimeoutMs } = this.#options;
    return clientConfig({ region, connectTimeoutMs, requestTimeoutMs });
  }
}

/**
 * What every client of this library is made with: for a client of a service that one application alone uses, such as
 * `new SESv2Client(clientConfig({ region }))`. Whoever makes a client destroys it.
 */
export function clientConfig({ region, ...timeouts }: Timeouts & { readonly region: string }) {
  return {
    region,
    maxAttempts: MAX_ATTEMPTS,
    retryMode: 'standard',
    requestHandler: new BoundedHttpHandler(timeouts),
  };
}

/** The AWS clients of one process. See {@link AwsClients}. */
export function createClients(options: AwsClientsOptions): AwsClients {
  return new AwsClients(options);
}
