import { join } from 'node:path';
import { ListObjectsV2Command, NoSuchBucket, type S3Client } from '@aws-sdk/client-s3';
import { pause } from '@lethe/kernel';
import { type EventSourceContext } from '../event-source-context.js';
import { AsyncInvocations, type PendingEvent, pendingEvent } from '../invocation/async-invocations.js';
import type { BucketSource } from '@lethe/topology';
import { type EventSourceMapping } from '../mapping.js';
import { StateFile } from '../state-file.js';
import { type ListedObject, bucketEvent } from './bucket-event.js';

interface BucketState {
  /** Of each key that was seen, its version. */
  readonly seen: Readonly<Record<string, string>>;
  readonly pending: readonly PendingEvent[];
}

/**
 * A bucket and its function. The embedded S3 sends no notifications, so the prefix is listed: an object that is new, or not
 * as it was, is an event, kept in one write with the fact that it was seen. An object that is written twice between two
 * looks is one event, of its last version; a removal is none.
 */
export class BucketMapping {
  readonly #file: StateFile<BucketState>;
  readonly #invocations: AsyncInvocations;

  constructor(
    private readonly mapping: EventSourceMapping<BucketSource>,
    private readonly s3: S3Client,
    private readonly context: EventSourceContext,
  ) {
    this.#file = new StateFile<BucketState>(join(context.stateDir, `${mapping.name}.json`), { seen: {}, pending: [] });
    const { name, timeoutSeconds, source } = mapping;
    const { maximumRetryAttempts, onFailureQueue } = source;
    this.#invocations = new AsyncInvocations(
      { name, timeoutSeconds, maximumRetryAttempts, onFailureQueue },
      {
        list: () => this.#file.state.pending,
        put: (id, event) => this.#put(id, event),
      },
      context,
    );
  }

  /** Works until `stopping`, and until what was begun has ended. */
  async run(): Promise<void> {
    const { stopping, pace, timers, onError } = this.context;
    while (!stopping.aborted) {
      try {
        this.#notice(await this.#list());
        this.#invocations.start();
      } catch (error) {
        // Not provisioned yet.
        if (!(error instanceof NoSuchBucket) && !stopping.aborted) onError(this.mapping.name, error);
      }
      await pause(pace.pollMs, stopping, timers);
    }
    await this.#invocations.settle();
  }

  async #list(): Promise<ListedObject[]> {
    const { bucket, prefix } = this.mapping.source;
    const found: ListedObject[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token });
      const { Contents = [], NextContinuationToken } = await this.s3.send(page, { abortSignal: this.context.stopping });
      for (const { Key, Size = 0, ETag = '', LastModified } of Contents) {
        if (Key !== undefined)
          found.push({ key: Key, size: Size, etag: ETag, modifiedAt: LastModified?.getTime() ?? 0 });
      }
      token = NextContinuationToken;
    }
    return found;
  }

  #notice(objects: readonly ListedObject[]): void {
    const { seen, pending } = this.#file.state;
    const fresh = objects.filter((object) => seen[object.key] !== versionOf(object));
    if (fresh.length === 0 && objects.length === Object.keys(seen).length) return;
    const { bucket } = this.mapping.source;
    const now = this.context.timers.now();
    const events = fresh.map((object) => pendingEvent(bucketEvent(object, bucket, this.context.region), now));
    this.#file.write({
      seen: Object.fromEntries(objects.map((object) => [object.key, versionOf(object)])),
      pending: [...pending, ...events],
    });
  }

  #put(id: string, event: PendingEvent | undefined): void {
    const { seen, pending } = this.#file.state;
    const kept = pending.flatMap((other) => (other.id === id ? (event ?? []) : other));
    this.#file.write({ seen, pending: kept });
  }
}

const versionOf = ({ etag, modifiedAt, size }: ListedObject): string => `${etag} ${modifiedAt} ${size}`;
