import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LakeObjectMissingError, WarehouseError } from '../warehouse.errors.js';

/** Keys that one DeleteObjects takes, as S3 has it. */
const DELETE_AT_ONCE = 1_000;

/** The objects of a lake. An object of a key never changes its content, the manifest excepted. */
export class LakeObjects {
  constructor(
    private readonly s3: S3Client,
    readonly bucket: string,
  ) {}

  async put(key: string, bytes: Uint8Array, contentType = 'application/vnd.apache.parquet'): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes, ContentType: contentType }));
  }

  /** The first objects under a prefix by key, up to a thousand. */
  async list(prefix: string): Promise<{ readonly key: string; readonly bytes: number }[]> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix });
    const { Contents = [] } = await this.s3.send(command);
    return Contents.flatMap(({ Key, Size = 0 }) => (Key === undefined ? [] : [{ key: Key, bytes: Size }]));
  }

  /** The whole object. Throws a {@link LakeObjectMissingError}. */
  async get(key: string): Promise<Uint8Array> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (error instanceof NoSuchKey) throw new LakeObjectMissingError(key, error);
      throw error;
    }
  }

  /** Removes them; one that is not there is none the less gone. Throws a WarehouseError where S3 keeps one. */
  async delete(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += DELETE_AT_ONCE) {
      const Objects = keys.slice(at, at + DELETE_AT_ONCE).map((Key) => ({ Key }));
      const { Errors = [] } = await this.s3.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first) throw new WarehouseError(`S3 did not delete ${Errors.length} objects: ${first.Key} ${first.Message}`);
    }
  }
}
