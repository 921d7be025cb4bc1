import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { resize } from './resize.js';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#a40' } });

/** A PNG that says it is so large, with no more than a few bytes of it. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const rows = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

describe('what is shown of an image', () => {
  it('is several widths as AVIF and WebP, none wider than the upload', async () => {
    const files = await resize(await picture(1000, 500).png().toBuffer());

    expect(files.map(({ type, width, height }) => `${type} ${width}x${height}`)).toEqual([
      'image/avif 320x160',
      'image/webp 320x160',
      'image/avif 800x400',
      'image/webp 800x400',
      'image/avif 1000x500',
      'image/webp 1000x500',
    ]);
    for (const { bytes, type } of files) {
      const [brand, webp] = [bytes.toString('latin1', 4, 12), bytes.toString('latin1', 8, 12)];
      expect(type === 'image/avif' ? brand : webp).toBe(type === 'image/avif' ? 'ftypavif' : 'WEBP');
    }
  });

  it('S47: has nothing of the metadata, and stands upright as it asked to be shown', async () => {
    const exif = {
      IFD0: { Copyright: 'somebody', ImageDescription: '<script>' },
      IFD3: { GPSLatitude: '51/1 30/1 0/1' },
    };
    const lying = await picture(400, 200).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await sharp(lying).metadata()).exif).toBeDefined();

    const files = await resize(lying);

    expect(files.map(({ width, height }) => [width, height])).toEqual([
      [200, 400],
      [200, 400],
    ]);
    for (const { bytes } of files) {
      expect(bytes.includes('somebody')).toBe(false);
      expect(bytes.includes('<script>')).toBe(false);
      expect(bytes.includes('Exif')).toBe(false);
    }
  });

  it('is the same for the same bytes, so that an event that comes twice changes nothing', async () => {
    const upload = await picture(500, 300).webp().toBuffer();

    const [once, again] = [await resize(upload), await resize(upload)];

    expect(again.map(({ bytes }) => bytes.toString('base64'))).toEqual(
      once.map(({ bytes }) => bytes.toString('base64')),
    );
  });

  it('S47: refuses a bomb by what its head says, before it unfolds', async () => {
    const before = process.memoryUsage().rss;

    await expect(resize(bomb(50_000, 50_000))).rejects.toMatchObject({ reason: 'too-many-pixels' });

    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('S47: refuses what cannot be decoded to its end', async () => {
    await expect(resize(bomb(4_000, 4_000))).rejects.toMatchObject({ reason: 'damaged' });
    const noise = await sharp({
      create: {
        width: 300,
        height: 300,
        channels: 3,
        background: '#fff',
        noise: { type: 'gaussian', mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    const half = Buffer.concat([noise.subarray(0, noise.length / 2), Buffer.from([0xff, 0xd9])]);
    await expect(resize(half)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it.each([
    [
      'SVG',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="http://169.254.169.254/"/></svg>',
    ],
    ['a GIF', Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64')],
    ['a PDF', '%PDF-1.4\n%%EOF'],
  ])('S46 S47: opens no %s, even where it gets that far', async (_what, bytes) => {
    await expect(resize(Buffer.from(bytes))).rejects.toMatchObject({ reason: 'damaged' });
  });
});
