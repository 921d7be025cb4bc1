import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { type UploadedImageType } from '@lethe/contracts';
import sharp from 'sharp';
import { requireImage, typeOf } from './upload-bytes.js';

const picture = () => sharp({ create: { width: 60, height: 40, channels: 3, background: '#a40' } });
const valid: Readonly<Record<UploadedImageType, Buffer>> = {
  'image/png': await picture().png().toBuffer(),
  'image/jpeg': await picture().jpeg({ progressive: true }).toBuffer(),
  'image/webp': await picture().webp().toBuffer(),
};
const types = Object.entries(valid) as [UploadedImageType, Buffer][];

const html = Buffer.from('<!doctype html><script>alert(1)</script>');
const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const zip = Buffer.concat([
  Buffer.from('PK\x03\x04'),
  deflateRawSync('a file'),
  Buffer.from('PK\x05\x06'),
  Buffer.alloc(18),
]);

describe('bytes of an upload', () => {
  it.each(types)('S47: are %s by their first bytes, whatever was announced', (type, bytes) => {
    expect(typeOf(bytes)).toBe(type);
    expect(() => requireImage(bytes, type)).not.toThrow();
    for (const [other] of types.filter(([one]) => one !== type)) {
      expect(() => requireImage(bytes, other)).toThrow('type-mismatch');
    }
    expect(() => requireImage(bytes, 'image/gif')).toThrow('type-mismatch');
  });

  it.each([
    ['HTML', html],
    ['SVG', svg],
    ['a ZIP', zip],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00')],
    ['nothing', Buffer.alloc(0)],
    ['a WAVE file', Buffer.from('RIFF\x24\x00\x00\x00WAVEfmt ')],
  ])('S47: refuses %s under every type', (_what, bytes) => {
    for (const [type] of types) expect(() => requireImage(bytes, type)).toThrow('not-an-image');
  });

  it.each(types)('S47: refuses a polyglot that begins as %s', (type, bytes) => {
    for (const rider of [html, svg, zip, Buffer.from([0])]) {
      expect(() => requireImage(Buffer.concat([bytes, rider]), type)).toThrow('trailing-data');
    }
  });

  it.each(types)('S47: refuses %s that is cut off anywhere', (type, bytes) => {
    for (let length = 12; length < bytes.length; length += 1) {
      expect(() => requireImage(bytes.subarray(0, length), type)).toThrow('damaged');
    }
  });

  it('takes the further images that cameras put behind the first, and nothing behind those', () => {
    const twice = Buffer.concat([valid['image/jpeg'], valid['image/jpeg']]);

    expect(() => requireImage(twice, 'image/jpeg')).not.toThrow();
    expect(() => requireImage(Buffer.concat([twice, zip]), 'image/jpeg')).toThrow('trailing-data');
  });

  it('comes to an end with lengths that lead nowhere', () => {
    const endless = Buffer.concat([valid['image/png'].subarray(0, 8), Buffer.alloc(64, 0xff)]);
    const loops = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xe1, 0, 1]);

    expect(() => requireImage(endless, 'image/png')).toThrow('damaged');
    expect(() => requireImage(loops, 'image/jpeg')).toThrow('damaged');
  });
});
