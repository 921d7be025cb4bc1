import { type ShownImageType, imageWidths, shownImageTypes } from '@lethe/contracts';
import sharp, { type Sharp } from 'sharp';
import { ImageRefusedError } from '../functions.errors.js';

/** Pixels of the largest image that is decoded: 50 megapixels take 200 MB at most, and cameras have no more. */
export const MAX_PIXELS = 50_000_000;
/** How high an image may be shown, as a multiple of its width. */
const HIGHEST = 2;

/** Of all that libvips can open, from SVG with its references to PDF, only what may be uploaded. */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
});
// Every image is another.
sharp.cache(false);

/** How each type is written. AVIF at effort 2 takes a tenth of the time of the default, 4, for a fifth more bytes. */
const WRITERS: Readonly<Record<ShownImageType, (image: Sharp) => Sharp>> = {
  'image/avif': (image) => image.avif({ quality: 50, effort: 2 }),
  'image/webp': (image) => image.webp({ quality: 80 }),
};

/** An image in one width and one type. */
export interface ResizedImage {
  readonly width: number;
  readonly height: number;
  readonly type: ShownImageType;
  readonly bytes: Buffer;
}

/**
 * The image in every width that is not above its own, in every type: upright, in sRGB, without a byte of its metadata. The same
 * bytes give the same files. Throws an {@link ImageRefusedError} for too many pixels, and for what cannot be decoded to
 * its last line.
 */
export async function resize(upload: Buffer): Promise<ResizedImage[]> {
  const image = await decode(upload);
  const files: ResizedImage[] = [];
  for (const width of imageWidths.filter(
    (wished, index) => index === 0 || (imageWidths[index - 1] ?? 0) < image.width,
  )) {
    for (const [type, write] of Object.entries(WRITERS) as [ShownImageType, (typeof WRITERS)[ShownImageType]][]) {
      const { data, info } = await write(fitted(raw(image), width)).toBuffer({ resolveWithObject: true });
      files.push({ width: info.width, height: info.height, type, bytes: data });
    }
  }
  return files;
}

interface Decoded {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Decodes once, no larger than the widest that is shown. */
async function decode(upload: Buffer): Promise<Decoded> {
  try {
    const input = sharp(upload, { failOn: 'warning', limitInputPixels: false, sequentialRead: true });
    const { width, height } = await input.metadata();
    // Before anything is decoded: what a bomb unfolds to stands in its head.
    if (width * height > MAX_PIXELS) throw new ImageRefusedError('too-many-pixels');
    const widest = fitted(input.autoOrient(), imageWidths.at(-1) ?? width).toColourspace('srgb');
    const { data, info } = await widest.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    throw error instanceof ImageRefusedError ? error : new ImageRefusedError('damaged', error);
  }
}

function raw({ data, width, height, channels }: Decoded): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

function fitted(image: Sharp, width: number): Sharp {
  return image.resize({ width, height: HIGHEST * width, fit: 'inside', withoutEnlargement: true });
}

/** The types of shown images, in the order in which they are written. */
export const writtenTypes = Object.keys(shownImageTypes) as ShownImageType[];
