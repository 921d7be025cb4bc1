import { createHash } from 'node:crypto';
import { type ImageReport, uploadedImageOf } from '@lethe/contracts';
import { z } from 'zod';
import { ImageRefusedError } from '../functions.errors.js';
import { logInfo } from '../log.js';
import { type ResizedImage, resize, writtenTypes } from './resize.js';
import { requireImage } from './upload-bytes.js';
import { type ImageBucket, type Upload } from './uploads.js';

const recordSchema = z.looseObject({ s3: z.looseObject({ object: z.looseObject({ key: z.string() }) }) });

/** The event of S3's notifications; the one with which S3 tries a new configuration has no records. */
export const bucketEventSchema = z.looseObject({ Records: z.array(recordSchema).default([]) });
export type BucketEvent = z.output<typeof bucketEventSchema>;

/** What the function needs of catalog: whether it still wants what it is told of. */
export interface ImageReports {
  /** Throws where catalog does not answer; false where nobody wants the files. */
  settle(imageId: string, report: ImageReport): Promise<boolean>;
}

/** What the function works with. */
export interface ResizeParts {
  readonly bucket: Pick<ImageBucket, 'upload' | 'write' | 'remove'>;
  readonly reports: ImageReports;
}

/**
 * Looks at uploads, writes what is shown of them, tells catalog, and removes the upload. An event only says that there is
 * something to look at: what counts is what lies there and what catalog knows, so an event may come twice, late, or in
 * another order. Rejects where S3 or catalog does not answer; doing it again is harmless.
 */
export async function resizeImages({ Records }: BucketEvent, parts: ResizeParts): Promise<void> {
  const keys = Records.map(({ s3 }) => decodeURIComponent(s3.object.key.replaceAll('+', ' ')));
  for (const imageId of new Set(keys.map(uploadedImageOf))) {
    if (imageId !== undefined) await resizeImage(imageId, parts);
  }
}

async function resizeImage(imageId: string, { bucket, reports }: ResizeParts): Promise<void> {
  try {
    const upload = await bucket.upload(imageId);
    // Removed, so seen to by an earlier event.
    if (upload === undefined) return;
    await show(imageId, upload, { bucket, reports });
  } catch (error) {
    if (!(error instanceof ImageRefusedError)) throw error;
    const { reason } = error;
    await reports.settle(imageId, { status: 'refused', reason });
    await bucket.remove(imageId);
    logInfo('image-refused', { imageId, reason });
  }
}

/** Throws an {@link ImageRefusedError} before anything of it is written. */
async function show(imageId: string, { bytes, type }: Upload, { bucket, reports }: ResizeParts): Promise<void> {
  requireImage(bytes, type);
  const resized = await resize(bytes);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
  const files = resized.map((file) => ({ imageId, digest, width: file.width, type: file.type }));
  for (const [index, file] of files.entries()) await bucket.write(file, resized[index] as ResizedImage);
  const wanted = await reports.settle(imageId, {
    status: 'ready',
    digest,
    types: writtenTypes,
    sizes: sizesOf(resized),
  });
  await bucket.remove(imageId, wanted ? [] : files);
  logInfo(wanted ? 'image-ready' : 'image-unwanted', { imageId, files: files.length });
}

/** Width and height of each width. */
function sizesOf(resized: readonly ResizedImage[]): [number, number][] {
  return [...new Map(resized.map(({ width, height }) => [width, height]))];
}
