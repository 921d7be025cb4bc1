import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ImageFile, MAX_IMAGE_BYTES, imageKeyOf, uploadKeyOf } from '@lethe/contracts';
import { ImageRefusedError } from '../functions.errors.js';
import { type ResizedImage } from './resize.js';

/** What lies where an upload is expected. */
export interface Upload {
  readonly bytes: Buffer;
  /** As it was announced: the form takes no other. */
  readonly type: string;
}

/** Uploads and files of images, in the store's bucket. Every method rejects with the error of S3. */
export class ImageBucket {
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
  ) {}

  /** The upload as it is now, undefined where it is gone. Throws an {@link ImageRefusedError} for one that is too large. */
  async upload(imageId: string): Promise<Upload | undefined> {
    try {
      const { Body, ContentLength, ContentType } = await this.s3.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: uploadKeyOf(imageId) }),
      );
      if (ContentLength === undefined || ContentLength > MAX_IMAGE_BYTES) {
        if (Body && 'destroy' in Body) Body.destroy();
        throw new ImageRefusedError('too-large');
      }
      return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), type: ContentType ?? '' };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Writes a file under a key that its upload's digest is part of, with headers for whoever serves it. */
  async write(file: ImageFile, { bytes }: ResizedImage): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: imageKeyOf(file),
        Body: bytes,
        ContentType: file.type,
        ContentDisposition: 'inline',
        CacheControl: 'public, max-age=31536000, immutable',
      }),
    );
  }

  /** Removes the upload, and files of it. */
  async remove(imageId: string, files: readonly ImageFile[] = []): Promise<void> {
    const Objects = [uploadKeyOf(imageId), ...files.map(imageKeyOf)].map((Key) => ({ Key }));
    const { Errors = [] } = await this.s3.send(
      new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first !== undefined) throw new Error(`${first.Key} was not removed: ${first.Code} ${first.Message}`);
  }
}
