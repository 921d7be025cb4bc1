import { idSchema } from './values.js';

/** Types in which an image may be uploaded, and the names sharp has for them. */
export const uploadedImageTypes = { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/webp': 'webp' } as const;
/** Types in which images are shown, the smaller files first, and how their keys end. */
export const shownImageTypes = { 'image/avif': 'avif', 'image/webp': 'webp' } as const;
export type UploadedImageType = keyof typeof uploadedImageTypes;
export type ShownImageType = keyof typeof shownImageTypes;

/** Bytes of the largest upload: twice what a telephone's photograph has. */
export const MAX_IMAGE_BYTES = 10 * 1_048_576;
/** Images that a product has at most, those still expected included. */
export const MAX_PRODUCT_IMAGES = 8;
/** Widths in pixels that an image is shown in; none is wider than what was uploaded. */
export const imageWidths: readonly number[] = [320, 800, 1600];

/** What keys of uploads begin with. The bucket tells the function of these alone, and its lifecycle ends them after a day. */
export const UPLOADS_PREFIX = 'uploads/';
/** What keys of shown images begin with. They are the paths under which they are served, without the slash in front. */
export const IMAGES_PREFIX = 'catalog/images/';

/** The key of an upload: nothing of the client's becomes part of it (S47). */
export function uploadKeyOf(imageId: string): string {
  return `${UPLOADS_PREFIX}${imageId}`;
}

/** The image that a key of an upload belongs to, undefined for any other key. */
export function uploadedImageOf(key: string): string | undefined {
  const id = key.startsWith(UPLOADS_PREFIX) ? key.slice(UPLOADS_PREFIX.length) : '';
  return idSchema.safeParse(id).data;
}

/** What the keys of all that is shown of an image begin with. */
export function imagePrefixOf(imageId: string): string {
  return `${IMAGES_PREFIX}${imageId}/`;
}

/** One file of an image. */
export interface ImageFile {
  readonly imageId: string;
  /** Of the upload's bytes: files with other bytes have another key, so what is behind a key never changes. */
  readonly digest: string;
  readonly width: number;
  readonly type: ShownImageType;
}

/** The key of a file of an image. */
export function imageKeyOf({ imageId, digest, width, type }: ImageFile): string {
  return `${imagePrefixOf(imageId)}${digest}/${width}.${shownImageTypes[type]}`;
}
