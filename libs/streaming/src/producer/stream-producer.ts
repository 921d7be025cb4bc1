import type { InputOf, StreamDefinition } from '@lethe/topology';
import { encodeRecord } from '../record-codec.js';
import type { PutReceipt } from './pending-record.js';
import type { RecordProducerOptions } from './producer-options.js';
import { RecordProducer } from './record-producer.js';

export interface StreamProducerOptions<D extends StreamDefinition> extends RecordProducerOptions {
  readonly definition: D;
}

/**
 * Writes what a definition describes to a Kinesis stream, packed and in batches. A record counts as written when Kinesis
 * has acknowledged it, never sooner: `put` resolves then. What is held is bounded; beyond the bound `put` waits.
 */
export class StreamProducer<D extends StreamDefinition = StreamDefinition> {
  readonly #definition: D;
  readonly #records: RecordProducer;

  constructor({ definition, ...options }: StreamProducerOptions<D>) {
    this.#definition = definition;
    this.#records = new RecordProducer(options);
  }

  /** Records held: waiting, or sent and not yet acknowledged. */
  get buffered(): number {
    return this.#records.buffered;
  }

  /** Calls of `put` that wait for room. */
  get waiting(): number {
    return this.#records.waiting;
  }

  /**
   * Writes one record and resolves when Kinesis has it. Rejects with a RecordFormatError where the data breaks the
   * schema, and with whatever {@link RecordProducer.put} does. After a rejection the record may or may not be in the
   * stream: put it again.
   */
  put(data: InputOf<D>): Promise<PutReceipt> {
    try {
      const { partitionKey, bytes } = encodeRecord(this.#definition, data);
      return this.#records.put({ partitionKey, data: bytes });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends what is held without further waiting; resolves when every record put so far is acknowledged or refused. */
  flush(): Promise<void> {
    return this.#records.flush();
  }

  /** Takes no more records and flushes (H31). The Kinesis client is the caller's and stays open. */
  close(): Promise<void> {
    return this.#records.close();
  }
}
