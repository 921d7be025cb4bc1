import { createHash } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Envelope } from '@lethe/topology';
import type { MessagingClients } from '../clients.js';
import { ClaimCheckError } from '../messaging.errors.js';

export interface ClaimCheckOptions {
  /** Its lifecycle deletes objects under the prefix, no sooner than `INBOX_RETENTION_SECONDS` after they were made. */
  readonly bucket: string;
  /** What the keys begin with. Default `messages/`. */
  readonly prefix?: string;
  /** Bytes of the largest data that is fetched. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** What an envelope carries in place of its data. `dataref` is an extension of CloudEvents, the others are ours. */
export interface ClaimTicket {
  /** `s3://bucket/key`. */
  readonly dataref?: string | undefined;
  /** SHA-256 of the data's bytes in hex. */
  readonly datasha256?: string | undefined;
  /** How many bytes the data has. */
  readonly databytes?: number | undefined;
}

const DEFAULTS = { prefix: 'messages/', maxBytes: 64 * 1_048_576 } as const;
/** What follows the prefix in a key of ours: no further folder, so nothing that climbs out of the prefix. */
const KEY = /^[A-Za-z0-9!'()*_~%-][A-Za-z0-9!'()*._~%-]*\.json$/;

/**
 * The claim check of messages that are larger than their destination takes: their data lies in S3, and the message says
 * where, how large it is and what its checksum is. See "Claim Check Pattern" of CloudEvents (`dataref`).
 */
export class ClaimCheck {
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #maxBytes: number;

  constructor(
    private readonly clients: Pick<MessagingClients, 's3'>,
    options: ClaimCheckOptions,
  ) {
    this.#bucket = options.bucket;
    this.#prefix = options.prefix ?? DEFAULTS.prefix;
    this.#maxBytes = options.maxBytes ?? DEFAULTS.maxBytes;
  }

  /**
   * Puts the data of a message into S3, and gives the body to send in its stead. The key is made of the id, so that
   * sending again writes the same object again. Throws a {@link ClaimCheckError} (`size`), and the error of S3.
   */
  async store(id: string, body: string): Promise<string> {
    const { data, ...envelope } = JSON.parse(body) as Record<string, unknown>;
    const bytes = Buffer.from(JSON.stringify(data));
    if (bytes.length > this.#maxBytes)
      throw new ClaimCheckError('size', `${bytes.length} bytes are more than ${this.#maxBytes}`);
    const digest = createHash('sha256').update(bytes).digest();
    const key = `${this.#prefix}${encodeURIComponent(id)}.json`;
    await this.clients.s3.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: bytes,
        ContentType: 'application/json',
        ChecksumSHA256: digest.toString('base64'),
      }),
    );
    const ticket: ClaimTicket = {
      dataref: `s3://${this.#bucket}/${key}`,
      datasha256: digest.toString('hex'),
      databytes: bytes.length,
    };
    return JSON.stringify({ ...envelope, ...ticket });
  }

  /**
   * The data of an envelope, from S3 if that is where it lies. The reference comes from outside: only our bucket and
   * prefix are read, no more than the stated size, and what does not match is refused. Throws a
   * {@link ClaimCheckError}, which no retry mends, and the error of S3 where S3 does not answer.
   */
  async redeem(envelope: Pick<Envelope, 'data'> & ClaimTicket, signal?: AbortSignal): Promise<unknown> {
    const { dataref, datasha256, databytes } = envelope;
    if (dataref === undefined) return envelope.data;
    const key = this.#keyOf(dataref);
    if (databytes === undefined || !Number.isInteger(databytes) || databytes < 1 || databytes > this.#maxBytes)
      throw new ClaimCheckError('size', `${databytes} is no size from 1 to ${this.#maxBytes} bytes`);
    const bytes = await this.#fetch(key, databytes, signal);
    if (createHash('sha256').update(bytes).digest('hex') !== datasha256)
      throw new ClaimCheckError('checksum', `${dataref} does not have the checksum of its message`);
    try {
      return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    } catch (cause) {
      throw new ClaimCheckError('undecodable', `${dataref} is not JSON`, { cause });
    }
  }

  #keyOf(dataref: string): string {
    const root = `s3://${this.#bucket}/`;
    const key = dataref.slice(root.length);
    const name = key.slice(this.#prefix.length);
    if (dataref.startsWith(root) && key.startsWith(this.#prefix) && KEY.test(name)) return key;
    throw new ClaimCheckError('foreign', `${JSON.stringify(dataref.slice(0, 200))} is not in ${root}${this.#prefix}`);
  }

  async #fetch(key: string, databytes: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    try {
      const { Body, ContentLength = databytes } = await this.clients.s3.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
        signal ? { abortSignal: signal } : {},
      );
      if (ContentLength !== databytes) {
        if (Body && 'destroy' in Body) Body.destroy();
        throw new ClaimCheckError('size', `${key} has ${ContentLength} bytes, not the ${databytes} of its message`);
      }
      const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
      if (bytes.length !== databytes)
        throw new ClaimCheckError('size', `${key} has ${bytes.length} bytes, not the ${databytes} of its message`);
      return bytes;
    } catch (cause) {
      if (cause instanceof NoSuchKey) throw new ClaimCheckError('missing', `${key} is not in the bucket`, { cause });
      throw cause;
    }
  }
}
