import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type * as s3 from '@aws-sdk/client-s3';
import { s3Error } from '../wire/aws-errors.js';
import type { Operations } from '../wire/operations.js';

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** Collects what PutObject was given. */
async function bytesOf(body: s3.PutObjectCommandInput['Body']): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  if (typeof body === 'string' || body instanceof Uint8Array) return Uint8Array.from(Buffer.from(body));
  if (!(body instanceof Readable)) throw s3Error('NotImplemented', 'the simulator takes text, bytes and Node streams');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array | string));
  return Buffer.concat(chunks);
}

/** The body of an answer: a stream, with the SDK's shortcuts. */
function streamOf(bytes: Uint8Array): object {
  return Object.assign(Readable.from([Buffer.from(bytes)], { objectMode: false }), {
    transformToByteArray: () => Promise.resolve(Uint8Array.from(bytes)),
    transformToString: (encoding?: BufferEncoding) => Promise.resolve(Buffer.from(bytes).toString(encoding)),
    transformToWebStream: () => Readable.toWeb(Readable.from([Buffer.from(bytes)])),
  });
}

/** As much of S3 as a claim check needs: buckets, and whole objects. */
export class SimulatedS3 {
  readonly #buckets = new Map<string, Map<string, StoredObject>>();

  readonly operations: Operations = {
    CreateBucketCommand: ({ Bucket = '' }: s3.CreateBucketCommandInput) => {
      if (!this.#buckets.has(Bucket)) this.#buckets.set(Bucket, new Map());
      return { Location: `/${Bucket}` };
    },
    PutObjectCommand: async (input: s3.PutObjectCommandInput) => {
      const { Bucket, Key = '', ContentType: contentType, Metadata = {} } = input;
      const bucket = this.#bucket(Bucket);
      const bytes = await bytesOf(input.Body);
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      bucket.set(Key, { bytes, contentType, metadata: { ...Metadata }, etag });
      return { ETag: etag };
    },
    GetObjectCommand: ({ Bucket, Key }: s3.GetObjectCommandInput) => {
      const object = this.#object(Bucket, Key);
      return { ...this.#head(object), Body: streamOf(object.bytes) };
    },
    HeadObjectCommand: ({ Bucket, Key }: s3.HeadObjectCommandInput) => this.#head(this.#object(Bucket, Key)),
    DeleteObjectCommand: ({ Bucket, Key = '' }: s3.DeleteObjectCommandInput) => {
      this.#bucket(Bucket).delete(Key);
      return {};
    },
    ListObjectsV2Command: ({ Bucket, Prefix = '' }: s3.ListObjectsV2CommandInput) => {
      const found = [...this.#bucket(Bucket)].filter(([key]) => key.startsWith(Prefix));
      const Contents = found.map(([Key, { bytes, etag: ETag }]) => ({ Key, Size: bytes.byteLength, ETag }));
      return { Contents, KeyCount: Contents.length, IsTruncated: false };
    },
  };

  /** Keys of the objects in a bucket. */
  keys(bucket: string): string[] {
    return [...this.#bucket(bucket).keys()];
  }

  #head({ bytes, contentType, metadata, etag }: StoredObject): object {
    return {
      ContentLength: bytes.byteLength,
      Metadata: { ...metadata },
      ETag: etag,
      ...(contentType !== undefined && { ContentType: contentType }),
    };
  }

  #bucket(name = ''): Map<string, StoredObject> {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw s3Error('NoSuchBucket', 'The specified bucket does not exist');
    return bucket;
  }

  #object(bucket: string | undefined, key = ''): StoredObject {
    const object = this.#bucket(bucket).get(key);
    if (!object) throw s3Error('NoSuchKey', 'The specified key does not exist.');
    return object;
  }
}
