import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { CatalogFileError, UploadBrokenError, UploadStoreError } from '../catalog.errors.js';

/** Bytes of one part of an upload: 10,000 parts, the most that S3 takes, are 80 GB. */
export const PART_BYTES = 8_388_608;
/** Parts under way at once; with the size of a part the bound on memory of an upload. */
export const PARTS_AT_ONCE = 2;

/** Files of a bucket, written as a stream and read in pieces. */
export class ImportFiles {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /**
   * Stores a stream of any length in constant memory and gives its bytes. Whatever goes wrong, no part stays behind.
   * Throws an {@link UploadBrokenError} where the stream ends early, an {@link UploadStoreError} where S3 refuses.
   */
  async write(key: string, body: AsyncIterable<Buffer>): Promise<number> {
    const source = { bytes: 0 };
    const upload = new Upload({
      client: this.s3,
      params: { Bucket: this.bucket, Key: key, Body: Readable.from(counted(body, source)), ContentType: 'text/csv' },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      throw error instanceof UploadBrokenError ? error : new UploadStoreError(error);
    }
    return source.bytes;
  }

  /** The bytes from `offset`, at most `length`. Throws a {@link CatalogFileError} where the file is gone. */
  async read(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer> {
    try {
      const { Body } = await this.s3.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: key, Range: `bytes=${offset}-${offset + length - 1}` }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    } catch (cause) {
      if (cause instanceof NoSuchKey) throw new CatalogFileError('The uploaded file is gone.', { cause });
      throw cause;
    }
  }

  /** Removes the file; one that is gone already is no error. */
  async remove(key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }
}

/** The stream's chunks, their lengths added up. Throws an {@link UploadBrokenError} where the stream fails. */
async function* counted(body: AsyncIterable<Buffer>, source: { bytes: number }): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) {
      source.bytes += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new UploadBrokenError(cause);
  }
}
