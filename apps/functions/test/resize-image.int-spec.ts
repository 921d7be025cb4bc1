import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ImageReport, imageKeyOf, uploadKeyOf } from '@lethe/contracts';
import sharp from 'sharp';
import { bucketEventSchema } from '../src/images/resize-image.js';
import { EXPECTED, GONE, ImageStudio, SETTLED } from './images.fixture.js';

const picture = (width: number, background = '#a40') =>
  sharp({ create: { width, height: width / 2, channels: 3, background } });
const png = await picture(400).png().toBuffer();
const jpeg = await picture(40).jpeg().toBuffer();
const bomb = Buffer.from(png);
// The head says 30,000 times 30,000.
bomb.writeUInt32BE(30_000, 16);
bomb.writeUInt32BE(30_000, 20);
bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);

let studio: ImageStudio;
beforeAll(async () => {
  studio = await ImageStudio.open();
});
beforeEach(() => {
  studio.answer = EXPECTED;
});
afterAll(() => studio.close());

function digestIn([report]: readonly ImageReport[]): string {
  return report?.status === 'ready' ? report.digest : '';
}

describe('an upload of a product image', () => {
  it('S47: is written in every size under keys of ours, reported, and removed itself', async () => {
    const imageId = await studio.upload(png);

    await studio.invoke(uploadKeyOf(imageId));

    const reports = studio.reportsOf(imageId);
    expect(reports).toEqual([
      {
        status: 'ready',
        digest: expect.any(String),
        types: ['image/avif', 'image/webp'],
        sizes: [
          [320, 160],
          [400, 200],
        ],
      },
    ]);
    const digest = digestIn(reports);
    const keys = [320, 400].flatMap((width) =>
      (['image/avif', 'image/webp'] as const).map((type) => imageKeyOf({ imageId, digest, width, type })),
    );
    expect((await studio.keys(imageId)).toSorted()).toEqual(keys.toSorted());
    expect(await studio.headers(keys[0] ?? '')).toEqual([
      'image/avif',
      'public, max-age=31536000, immutable',
      'inline',
    ]);
    expect(await studio.headers(keys[1] ?? '')).toEqual([
      'image/webp',
      'public, max-age=31536000, immutable',
      'inline',
    ]);
  });

  it('S40: is reported by service token', async () => {
    const imageId = await studio.upload(png);

    await studio.invoke(uploadKeyOf(imageId));

    const { bearer = '' } = studio.reports.find(({ path }) => path.endsWith(imageId)) ?? {};
    const claims = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString()) as object;
    expect(claims).toMatchObject({ iss: 'functions', aud: 'catalog' });
  });

  it('R13: has its effect once, whether its event comes twice, at once, late, or for something that is gone', async () => {
    const imageId = await studio.upload(png);
    const key = uploadKeyOf(imageId);

    await Promise.all([studio.invoke(key, key), studio.invoke(key)]);
    const keys = await studio.keys(imageId);
    await studio.invoke(key);
    await studio.invoke(uploadKeyOf(randomUUID()));

    expect(await studio.keys(imageId)).toEqual(keys);
    expect(keys).toHaveLength(4);
    expect(new Set(studio.reportsOf(imageId).map((report) => JSON.stringify(report))).size).toBe(1);
  });

  it('never changes what is behind a key: other bytes under the same form have other keys, and go unless they were first', async () => {
    const imageId = await studio.upload(png);
    await studio.invoke(uploadKeyOf(imageId));
    const before = await studio.keys(imageId);

    await studio.upload(await picture(400, '#04a').png().toBuffer(), 'image/png', imageId);
    studio.answer = SETTLED;
    await studio.invoke(uploadKeyOf(imageId));

    expect(digestIn(studio.reportsOf(imageId).slice(1))).not.toBe(digestIn(studio.reportsOf(imageId)));
    expect(await studio.keys(imageId)).toEqual(before);
  });

  it('leaves nothing where its image or its product was deleted meanwhile', async () => {
    studio.answer = GONE;
    const [good, bad] = [await studio.upload(png), await studio.upload('<svg/>')];

    await studio.invoke(uploadKeyOf(good), uploadKeyOf(bad));

    expect(await studio.keys(good)).toEqual([]);
    expect(await studio.keys(bad)).toEqual([]);
  });

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'not-an-image'],
    ['HTML', '<!doctype html><script>alert(1)</script>', 'not-an-image'],
    ['a JPEG that says PNG', jpeg, 'type-mismatch'],
    ['a PNG with an archive behind it', Buffer.concat([png, Buffer.from('PK\x03\x04')]), 'trailing-data'],
    ['half a PNG', png.subarray(0, png.length / 2), 'damaged'],
    ['more pixels than it should have', bomb, 'too-many-pixels'],
    ['more bytes than the form takes', Buffer.alloc(10 * 1_048_576 + 1), 'too-large'],
  ])('S47: is refused and removed where it is %s', async (_what, bytes, reason) => {
    const imageId = await studio.upload(bytes);

    await studio.invoke(uploadKeyOf(imageId));

    expect(studio.reportsOf(imageId)).toEqual([{ status: 'refused', reason }]);
    expect(await studio.keys(imageId)).toEqual([]);
  });

  it.each([
    ['does not answer for it', [503]],
    ['is not who answers', [404, 'about:blank']],
    ['does not know the service token', [401, 'urn:lethe:problem:unauthorized']],
  ] as const)('R24: is tried again where catalog %s, and nothing is lost', async (_what, answer) => {
    const [good, bad] = [await studio.upload(png), await studio.upload('<svg/>')];
    studio.answer = answer;

    await expect(studio.invoke(uploadKeyOf(good))).rejects.toThrow('catalog');
    await expect(studio.invoke(uploadKeyOf(bad))).rejects.toThrow('catalog');
    expect(await studio.keys(good)).toContain(uploadKeyOf(good));
    expect(await studio.keys(bad)).toEqual([uploadKeyOf(bad)]);

    studio.answer = EXPECTED;
    await studio.invoke(uploadKeyOf(good), uploadKeyOf(bad));
    expect(await studio.keys(good)).toHaveLength(4);
    expect(await studio.keys(bad)).toEqual([]);
  });

  it('S46: is read from our bucket and told to our catalog, whatever an event or an answer names', async () => {
    const imageId = await studio.upload(png);
    studio.answer = [307, undefined, `/catalog/internal/images/${randomUUID()}`];
    const before = studio.reports.length;

    await expect(studio.invokeAs('somebody-elses-bucket', uploadKeyOf(imageId))).rejects.toThrow('catalog');

    expect(studio.reports.length).toBe(before + 1);
    expect(studio.reportsOf(imageId)).toMatchObject([{ status: 'ready' }]);
  });

  it('is nothing that lies elsewhere in the bucket, and no test of S3', async () => {
    const before = studio.reports.length;

    await studio.invoke(`catalog/images/${randomUUID()}`, 'uploads/../x', `uploads/${randomUUID()}/x`, 'uploads/a b+c');
    expect(bucketEventSchema.parse({ Service: 'Amazon S3', Event: 's3:TestEvent' }).Records).toEqual([]);

    expect(studio.reports.length).toBe(before);
  });
});
