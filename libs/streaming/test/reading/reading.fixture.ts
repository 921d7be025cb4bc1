import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Position } from '../../src/consumer/leases/checkpoint.js';
import type { ReadingEvent } from '../../src/consumer/reading/reading-events.js';
import type { OpenSource, RecordSource, ShardPage } from '../../src/consumer/reading/record-source.js';

export const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };

export const clientOf = (endpoint: string): KinesisClient =>
  new KinesisClient({ region: 'us-east-1', endpoint, credentials: CREDENTIALS, maxAttempts: 1 });

/** One who reads a shard, and what came of it. */
export class ShardWatch {
  readonly pages: ShardPage[] = [];
  readonly events: ReadingEvent[] = [];
  readonly source: RecordSource;
  readonly #stop = new AbortController();

  constructor(open: OpenSource, shard: { kinesis: KinesisClient; stream?: string; shardId?: string; from?: Position }) {
    const { kinesis, stream = 'steps', shardId = 'shardId-000000000000', from = { kind: 'trim-horizon' } } = shard;
    this.source = open({ kinesis, stream, shardId, from, onEvent: (event) => this.events.push(event) });
  }

  get records(): string[] {
    return this.pages.flatMap(({ records }) => records.map(({ bytes }) => Buffer.from(bytes).toString()));
  }

  count(type: ReadingEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  /** Reads until there are so many records, the shard ends or this is closed. */
  async until(records: number): Promise<string[]> {
    while (this.records.length < records && this.pages.at(-1)?.last !== true && (await this.page()) !== undefined);
    return this.records;
  }

  async page(stop = this.#stop.signal): Promise<ShardPage | undefined> {
    const page = await this.source.next(stop);
    if (page) this.pages.push(page);
    return page;
  }

  close(): void {
    this.#stop.abort();
    this.source.close();
  }
}
