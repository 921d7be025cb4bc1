import { type UploadedImageType } from '@lethe/contracts';
import { ImageRefusedError } from '../functions.errors.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);

/** What the bytes say that they are, whatever else was said of them; undefined for all that is not one of the three. */
export function typeOf(bytes: Buffer): UploadedImageType | undefined {
  if (bytes.subarray(0, PNG.length).equals(PNG)) return 'image/png';
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return 'image/jpeg';
  const riff = bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
  return riff ? 'image/webp' : undefined;
}

/**
 * Throws an {@link ImageRefusedError} unless the bytes are an image of the announced type and nothing else: from its
 * first byte to its last, so that no archive, script or page hangs on behind it (S47). Decoders do not care about that.
 */
export function requireImage(bytes: Buffer, announced: string): void {
  const type = typeOf(bytes);
  if (type === undefined) throw new ImageRefusedError('not-an-image');
  if (type !== announced) throw new ImageRefusedError('type-mismatch');
  const end = ENDS[type](bytes);
  if (end === undefined || end > bytes.length) throw new ImageRefusedError('damaged');
  if (end < bytes.length) throw new ImageRefusedError('trailing-data');
}

/** Where an image ends, undefined where that is not in the bytes. */
const ENDS: Readonly<Record<UploadedImageType, (bytes: Buffer) => number | undefined>> = {
  'image/png': endOfPng,
  'image/jpeg': endOfJpegs,
  'image/webp': endOfWebp,
};

/** Chunks of length, type, data and checksum up to `IEND` (PNG, third edition, 5.3). */
function endOfPng(bytes: Buffer): number | undefined {
  let at = PNG.length;
  while (at + 12 <= bytes.length) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    at += 12 + bytes.readUInt32BE(at);
    if (type === 'IEND') return at;
  }
  return undefined;
}

/** RIFF says its length behind its first eight bytes (RFC 9649 2.3). */
function endOfWebp(bytes: Buffer): number | undefined {
  return bytes.length < 12 ? undefined : 8 + bytes.readUInt32LE(4);
}

/** Telephones put further images behind the first (CIPA DC-007): gain maps and previews, JPEG each. */
function endOfJpegs(bytes: Buffer): number | undefined {
  let end = endOfJpeg(bytes, 0);
  while (end !== undefined && bytes.subarray(end, end + JPEG.length).equals(JPEG)) end = endOfJpeg(bytes, end);
  return end;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** Segments up to the marker EOI (ITU-T T.81, B.1). */
function endOfJpeg(bytes: Buffer, start: number): number | undefined {
  let at = start;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === EOI) return at + 2;
    else if (marker === SOI || isRestart(marker)) at += 2;
    else if (at + 4 > bytes.length) return undefined;
    else {
      at += 2 + bytes.readUInt16BE(at + 2);
      if (marker === SOS) at = endOfScan(bytes, at);
    }
  }
  return undefined;
}

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;

/** Where the next marker stands: in a scan 0xff is followed by zero, or by a restart. */
function endOfScan(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(0xff, start);
  while (at !== -1 && (bytes[at + 1] === 0 || isRestart(bytes[at + 1] ?? 0))) at = bytes.indexOf(0xff, at + 2);
  return at === -1 ? bytes.length : at;
}
