import { once } from 'node:events';
import { type Http2Server, type ServerHttp2Session, type ServerHttp2Stream, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import type { Timers } from '@lethe/kernel';
import { event, exception } from './event-stream.js';

interface Question {
  readonly ConsumerARN: string;
  readonly ShardId: string;
  readonly StartingPosition: { readonly Type: string; readonly SequenceNumber?: string; readonly Timestamp?: number };
}

interface StoredRecord {
  readonly SequenceNumber: string;
  readonly Data: string;
  readonly PartitionKey: string;
  readonly ApproximateArrivalTimestamp: number;
}

const FIVE_SECONDS = 5_000;
const SEQUENCE = 10n ** 20n;

/**
 * One shard of Kinesis behind SubscribeToShard over HTTP/2, true to the protocol and to what the API's reference says:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html
 */
export class Http2Kinesis {
  readonly asked: Question[] = [];
  /** How often a subscription was refused that came within five seconds after another. */
  refused = 0;
  /** Records of one event. */
  eventSize = 10;
  /** Whether anything is pushed. */
  isSilent = false;
  readonly #records: StoredRecord[] = [];
  readonly #sessions = new Set<ServerHttp2Session>();
  #current: ServerHttp2Stream | undefined;
  /** Index of the next record to be pushed. */
  #next = 0;
  #subscribedAt = Number.NEGATIVE_INFINITY;
  #children: readonly string[] | undefined;

  private constructor(
    private readonly server: Http2Server,
    readonly url: string,
    private readonly timers: Pick<Timers, 'monotonic'>,
  ) {}

  static async start(timers: Pick<Timers, 'monotonic'>): Promise<Http2Kinesis> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const kinesis = new Http2Kinesis(server, `http://127.0.0.1:${port}`, timers);
    server.on('session', (session) => {
      kinesis.#sessions.add(session);
      session.once('close', () => kinesis.#sessions.delete(session));
    });
    server.on('stream', (stream, headers) => void kinesis.#answer(stream, String(headers['x-amz-target'])));
    return kinesis;
  }

  get connections(): number {
    return this.#sessions.size;
  }
  /** Records that a subscriber was sent. */
  get pushed(): number {
    return this.#next;
  }

  put(...texts: readonly string[]): string[] {
    return this.putBytes(...texts.map((data) => Buffer.from(data)));
  }

  putBytes(...all: readonly Buffer[]): string[] {
    const added = all.map((data, i) => ({
      SequenceNumber: String(SEQUENCE + BigInt(this.#records.length + i) * 10n),
      Data: data.toString('base64'),
      PartitionKey: 'key',
      ApproximateArrivalTimestamp: 1_700_000_000 + this.#records.length + i,
    }));
    this.#records.push(...added);
    this.#push();
    return added.map(({ SequenceNumber }) => SequenceNumber);
  }

  /** The shard is closed: who has read it to its end is told of its children. */
  end(...children: readonly string[]): void {
    this.#children = children;
    this.#push();
  }

  /** As after five minutes. */
  expire(): void {
    this.#current?.end();
    this.#current = undefined;
  }

  cutConnections(): void {
    for (const session of this.#sessions) session.destroy();
    this.#current = undefined;
  }

  fail(type: string): void {
    this.#current?.end(exception(type, { message: 'says the script' }));
    this.#current = undefined;
  }

  /** Another subscriber comes, after more than five seconds: the first one is told so and has to go. */
  takeOver(): void {
    this.fail('ResourceInUseException');
    this.#subscribedAt = this.timers.monotonic();
  }

  async close(): Promise<void> {
    this.cutConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #answer(stream: ServerHttp2Stream, target: string): Promise<void> {
    stream.on('error', () => stream.close());
    const question = JSON.parse(await text(stream)) as Question;
    if (target !== 'Kinesis_20131202.SubscribeToShard') return refuse(stream, 'UnknownOperationException');
    const now = this.timers.monotonic();
    if (now < this.#subscribedAt + FIVE_SECONDS) {
      this.refused += 1;
      return refuse(stream, 'ResourceInUseException');
    }
    const next = this.#indexOf(question.StartingPosition);
    this.asked.push(question);
    if (next === undefined) return refuse(stream, 'InvalidArgumentException');
    this.#subscribedAt = now;
    this.#current?.end(exception('ResourceInUseException', { message: 'another subscriber' }));
    this.#current = stream;
    this.#next = next;
    stream.once('close', () => {
      if (this.#current === stream) this.#current = undefined;
    });
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    stream.write(event('initial-response', {}));
    // As every few seconds: an event without records, that says how far the shard has been read.
    if (!this.#push()) this.#send([]);
  }

  #push(): boolean {
    const before = this.#next;
    while (this.#current && this.#next < this.#records.length) {
      const records = this.#records.slice(this.#next, this.#next + this.eventSize);
      this.#next += records.length;
      this.#send(records);
    }
    if (this.#current && this.#children) this.#send([]);
    return this.#next > before;
  }

  #send(Records: readonly StoredRecord[]): void {
    if (this.isSilent) return;
    const ends = this.#children !== undefined && this.#next >= this.#records.length;
    const behind = this.#records.length - this.#next;
    // Between records, too, there are sequence numbers: it is that of no record.
    const continuation = String(SEQUENCE + BigInt(this.#next) * 10n - 5n);
    this.#current?.write(
      event('SubscribeToShardEvent', {
        Records,
        MillisBehindLatest: behind * 1_000,
        ...(ends
          ? { ChildShards: this.#children?.map((ShardId) => ({ ShardId, ParentShards: ['s'], HashKeyRange: {} })) }
          : { ContinuationSequenceNumber: continuation }),
      }),
    );
    if (ends) this.expire();
  }

  #indexOf({ Type, SequenceNumber, Timestamp = 0 }: Question['StartingPosition']): number | undefined {
    const first = (matches: (record: StoredRecord) => boolean): number => {
      const index = this.#records.findIndex(matches);
      return index === -1 ? this.#records.length : index;
    };
    if (Type === 'TRIM_HORIZON') return 0;
    if (Type === 'LATEST') return this.#records.length;
    if (Type === 'AT_TIMESTAMP') return first((record) => record.ApproximateArrivalTimestamp >= Timestamp);
    const from = BigInt(SequenceNumber ?? 0);
    if (from < SEQUENCE - 5n) return undefined;
    if (Type === 'AT_SEQUENCE_NUMBER') return first((record) => BigInt(record.SequenceNumber) >= from);
    return first((record) => BigInt(record.SequenceNumber) > from);
  }
}

function refuse(stream: ServerHttp2Stream, type: string): void {
  stream.respond({ ':status': 400, 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type });
  stream.end(JSON.stringify({ __type: type, message: 'refused' }));
}
