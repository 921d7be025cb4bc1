import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { MAX_IMAGE_BYTES, imagePrefixOf, uploadKeyOf } from '@lethe/contracts';
import { ImageStoreError } from '../../catalog.errors.js';

/** A form that whoever holds it can post once or more, until it expires: one key, one type, a largest size. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The bucket of images, to which nobody but the store has access: uploads come by signed forms. */
export class ImageFiles {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /**
   * Signs a form (S47): S3 refuses another key or type, more bytes, a field that is not in it, and a later post. It asks
   * nobody, but may wait for credentials.
   */
  async form(imageId: string, type: string, seconds: number): Promise<UploadForm> {
    const { url, fields } = await createPresignedPost(this.s3, {
      Bucket: this.bucket,
      Key: uploadKeyOf(imageId),
      Fields: { 'Content-Type': type },
      Conditions: [
        ['eq', '$Content-Type', type],
        ['content-length-range', 1, MAX_IMAGE_BYTES],
      ],
      Expires: seconds,
    });
    return { url, fields };
  }

  /**
   * A file, undefined where there is none: the largest has about a megabyte, and read at once it keeps no socket of S3 for a
   * client that is slow. Throws an {@link ImageStoreError}.
   */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (cause) {
      if (cause instanceof NoSuchKey) return undefined;
      throw new ImageStoreError(cause);
    }
  }

  /** Removes the upload of an image and, unless it is kept, all that is shown of it. What is gone already is no error. */
  async remove(imageId: string, { shown }: { readonly shown: boolean }): Promise<void> {
    const keys = [uploadKeyOf(imageId), ...(shown ? await this.#keysUnder(imagePrefixOf(imageId)) : [])];
    const { Errors = [] } = await this.s3.send(
      new DeleteObjectsCommand({
        Bucket: this.bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    if (Errors.length > 0) throw new ImageStoreError(new Error(`${Errors[0]?.Key}: ${Errors[0]?.Message}`));
  }

  /** Up to 1,000, which is a hundred times what an image has; a sweep that comes again finds the rest. */
  async #keysUnder(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(
      new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, MaxKeys: 900 }),
    );
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  }
}
