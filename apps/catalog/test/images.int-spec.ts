import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type ImageFile,
  type ProductPage,
  MAX_IMAGE_BYTES,
  MAX_PRODUCT_IMAGES,
  imageKeyOf,
  uploadKeyOf,
} from '@lethe/contracts';
import { eventually } from '@lethe/testing';
import { ImageFiles } from '../src/image/file/image-files.js';
import { ImageCatalog, READY, filesOf } from './images.fixture.js';
import { bearer, ordersBearer } from './service.fixture.js';

let shop: ImageCatalog;
beforeAll(async () => {
  shop = await ImageCatalog.start();
});
afterAll(() => shop.stop());

const typeOf = async (response: Response) => ((await response.json()) as { type: string }).type;

describe('POST /catalog/products/{id}/images', () => {
  it('S47: gives a form that uploads straight to S3, under a key of ours, for minutes', async () => {
    const upload = await shop.form(await shop.add());

    expect(upload.fields['key']).toBe(uploadKeyOf(upload.imageId));
    expect(upload.maxBytes).toBe(MAX_IMAGE_BYTES);
    const minutes = (Date.parse(upload.expiresAt) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9);
    expect(minutes).toBeLessThanOrEqual(10);

    expect((await shop.post(upload, Buffer.from('bytes'))).status).toBe(204);

    const stored = await shop.catalog.clients.s3.send(
      new HeadObjectCommand({ Bucket: shop.catalog.bucket, Key: uploadKeyOf(upload.imageId) }),
    );
    expect(stored).toMatchObject({ ContentType: 'image/png', ContentLength: 5 });
  });

  it('S47: signs a policy of one bucket, one key, one type, a largest size and an end', async () => {
    const upload = await shop.form(await shop.add(), 'image/webp');

    const policy = JSON.parse(Buffer.from(upload.fields['Policy'] ?? '', 'base64').toString()) as {
      expiration: string;
      conditions: unknown[];
    };

    expect(policy.conditions).toEqual(
      expect.arrayContaining([
        ['eq', '$Content-Type', 'image/webp'],
        ['content-length-range', 1, MAX_IMAGE_BYTES],
        { bucket: shop.catalog.bucket },
        { key: uploadKeyOf(upload.imageId) },
      ]),
    );
    expect(JSON.stringify(policy.conditions)).not.toContain('starts-with');
    expect(Math.abs(Date.parse(policy.expiration) - Date.parse(upload.expiresAt))).toBeLessThan(5_000);
  });

  it.each([
    ['another key', { key: 'catalog/images/x' }, 403],
    ['another type', { 'Content-Type': 'text/html' }, 403],
    ['a header of its own', { 'Content-Encoding': 'gzip' }, 403],
    ['a signature of its own', { 'X-Amz-Signature': '00'.repeat(32) }, 403],
  ])('S47: gives a form that S3 does not take with %s', async (_what, fields, status) => {
    const upload = await shop.form(await shop.add());

    expect((await shop.post(upload, Buffer.from('bytes'), fields)).status).toBe(status);
    expect(await shop.keys(upload.imageId)).toEqual([]);
  });

  it('S47: gives a form that S3 takes neither without a file nor with one that is too large', async () => {
    const upload = await shop.form(await shop.add());

    expect(await shop.post(upload, Buffer.alloc(0))).toMatchObject({
      status: 400,
      body: expect.stringContaining('EntityTooSmall'),
    });
    const large = await shop.post(upload, Buffer.alloc(MAX_IMAGE_BYTES + 1));
    expect(large).toMatchObject({ status: 400, body: expect.stringContaining('EntityTooLarge') });
    expect(await shop.keys(upload.imageId)).toEqual([]);
  });

  it('S47: gives a form that S3 does not take once its minutes are over', async () => {
    const upload = await shop.form(await shop.add());
    const files = new ImageFiles(shop.catalog.clients.s3, shop.catalog.bucket);
    const over = await files.form(upload.imageId, 'image/png', -1);

    const answer = await shop.post({ ...upload, ...over }, Buffer.from('bytes'));

    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('Policy expired') });
  });

  it('S47: takes the three types alone, and nothing else in the body', async () => {
    const path = `/catalog/products/${await shop.add()}/images`;

    for (const body of [{ type: 'image/svg+xml' }, { type: 'text/html' }, {}, { type: 'image/png', key: 'x' }]) {
      expect((await shop.send('POST', path, body)).status).toBe(400);
    }
  });

  it(`S44: expects ${MAX_PRODUCT_IMAGES} images of a product at most, however many ask at once`, async () => {
    const id = await shop.add();
    const path = `/catalog/products/${id}/images`;

    const answers = await Promise.all(
      Array.from({ length: MAX_PRODUCT_IMAGES + 6 }, () => shop.send('POST', path, { type: 'image/png' })),
    );

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_PRODUCT_IMAGES);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(6);
    expect(await shop.images(id)).toHaveLength(MAX_PRODUCT_IMAGES);
    await shop.report((await shop.images(id))[0]?.id ?? '', { status: 'refused', reason: 'damaged' });
    expect((await shop.send('POST', path, { type: 'image/png' })).status).toBe(201);
  });

  it('S37: is for admins alone, and for products that there are', async () => {
    const path = `/catalog/products/${await shop.add()}/images`;
    const body = { type: 'image/png' };

    expect((await shop.send('POST', path, body, {})).status).toBe(401);
    expect((await shop.send('POST', path, body, await bearer('customer'))).status).toBe(403);
    expect((await shop.send('POST', `/catalog/products/${randomUUID()}/images`, body)).status).toBe(404);
  });
});

describe('PUT /catalog/internal/images/{id}', () => {
  it('shows the image with its product, whose entity tag follows', async () => {
    const id = await shop.add();
    const before = await shop.product(id);
    expect(before.product).not.toHaveProperty('images');

    const imageId = await shop.show(id);

    const after = await shop.product(id);
    expect(after.etag).not.toBe(before.etag);
    const url = (width: number, ending: string) => `/catalog/images/${imageId}/${READY.digest}/${width}.${ending}`;
    expect(after.product.images).toEqual([
      {
        id: imageId,
        sizes: [
          { width: 320, height: 200, type: 'image/avif', url: url(320, 'avif') },
          { width: 320, height: 200, type: 'image/webp', url: url(320, 'webp') },
          { width: 640, height: 400, type: 'image/avif', url: url(640, 'avif') },
          { width: 640, height: 400, type: 'image/webp', url: url(640, 'webp') },
        ],
      },
    ]);
    expect(await shop.images(id)).toMatchObject([{ id: imageId, status: 'ready', type: 'image/png' }]);
  });

  it('shows the first image alone in pages of products, however they were found', async () => {
    const id = await shop.add({ name: 'Zeppelin', category: 'airships' });
    const [first] = [await shop.show(id), await shop.show(id)];

    expect((await shop.product(id)).product.images).toHaveLength(2);
    for (const query of ['q=zeppelin', 'q=zepelin', 'category=airships']) {
      const page = (await (await shop.send('GET', `/catalog/products?${query}`, undefined, {})).json()) as ProductPage;
      expect(page.items.map(({ images }) => images?.map((image) => image.id))).toEqual([[first]]);
    }
  });

  it('R27: is no conflict for who describes the product at the same time', async () => {
    const id = await shop.add();
    const { etag } = await shop.product(id);
    await shop.show(id);

    const patched = await shop.send(
      'PATCH',
      `/catalog/products/${id}`,
      { name: 'Lamp' },
      { ...(await bearer('admin')), 'if-match': etag },
    );

    expect(patched.status).toBe(200);
    expect(await patched.json()).toMatchObject({ name: 'Lamp', images: [expect.anything()] });
  });

  it('R13: has its effect once, however often and in whatever order it comes', async () => {
    const id = await shop.add();
    const imageId = await shop.show(id);
    const { etag } = await shop.product(id);

    const again = await Promise.all([shop.report(imageId), shop.report(imageId), shop.report(imageId)]);
    const other = await shop.report(imageId, { ...READY, digest: 'b3RoZXJvdGhlcm90' });
    const late = await shop.report(imageId, { status: 'refused', reason: 'damaged' });

    expect(again.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect([other.status, await typeOf(other)]).toEqual([409, 'urn:lethe:problem:image-settled']);
    expect(late.status).toBe(409);
    expect((await shop.product(id)).etag).toBe(etag);
  });

  it('S47: shows nothing of what was refused, and says why', async () => {
    const id = await shop.add();
    const { imageId } = await shop.form(id);

    expect((await shop.report(imageId, { status: 'refused', reason: 'type-mismatch' })).status).toBe(204);
    expect((await shop.report(imageId, { status: 'refused', reason: 'type-mismatch' })).status).toBe(204);

    expect((await shop.report(imageId)).status).toBe(409);
    expect((await shop.product(id)).product).not.toHaveProperty('images');
    expect(await shop.images(id)).toEqual([
      { id: imageId, type: 'image/png', status: 'refused', reason: 'type-mismatch' },
    ]);
  });

  it('wants nothing of an image that is gone, alone or with its product', async () => {
    const id = await shop.add();
    const [first, second] = [await shop.form(id), await shop.form(id)];
    await shop.send('DELETE', `/catalog/products/${id}/images/${first.imageId}`);
    const early = await shop.report(first.imageId);
    await shop.send('DELETE', `/catalog/products/${id}`, undefined, { ...(await bearer('admin')), 'if-match': '*' });
    const late = await shop.report(second.imageId);

    expect([early.status, await typeOf(early)]).toEqual([404, 'urn:lethe:problem:image-not-found']);
    expect([late.status, await typeOf(late)]).toEqual([404, 'urn:lethe:problem:image-not-found']);
  });

  it('S37 S39: is for the functions alone, by their service token, and takes no other member', async () => {
    const { imageId } = await shop.form(await shop.add());
    const path = `/catalog/internal/images/${imageId}`;

    for (const headers of [{}, await bearer('admin'), ordersBearer()]) {
      expect([401, 403]).toContain((await shop.send('PUT', path, READY, headers)).status);
    }
    expect((await shop.report(imageId, { ...READY, digest: '../../../../etc/x' })).status).toBe(400);
  });
});

describe('GET /catalog/images/…', () => {
  it('S47 S49: answers files from the private bucket as images and nothing else, for ever', async () => {
    const imageId = await shop.show(await shop.add());
    const [file] = filesOf(imageId);

    const response = await shop.send('GET', `/${imageKeyOf(file as ImageFile)}`, undefined, {});

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('320 image/avif');
    const names = [
      'content-type',
      'content-length',
      'x-content-type-options',
      'cache-control',
      'content-security-policy',
    ];
    expect(names.map((name) => response.headers.get(name))).toEqual([
      'image/avif',
      '14',
      'nosniff',
      'public, max-age=31536000, immutable',
      "default-src 'none'; frame-ancestors 'none'",
    ]);
    expect(response.headers.get('content-disposition')).toBe(`inline; filename="${imageId}-320.avif"`);
    const tag = response.headers.get('etag') ?? '';
    const again = await shop.send('GET', new URL(response.url).pathname, undefined, { 'if-none-match': tag });
    expect([again.status, again.headers.get('etag')]).toEqual([304, tag]);
  });

  it('R08: answers 503 while S3 is away, and products are read as ever', async () => {
    const away = new ImageFiles(new S3Client({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }), 'images');
    const id = await shop.add();
    const imageId = await shop.show(id);
    const [file] = filesOf(imageId);

    await expect(away.read(imageKeyOf(file as ImageFile))).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
    expect((await shop.product(id)).product.images).toHaveLength(1);
  });

  it('S47: opens nothing but files of images', async () => {
    const upload = await shop.form(await shop.add());
    await shop.post(upload, Buffer.from('<script>'));
    const { imageId } = upload;

    const answers = await Promise.all(
      [
        `/catalog/images/${imageId}/${READY.digest}/320.avif`,
        `/catalog/images/${imageId}/..%2f..%2fuploads/320.avif`,
        `/catalog/images/..%2f..%2fuploads/${READY.digest}/320.avif`,
        `/catalog/images/${imageId}/${READY.digest}/320.html`,
        `/catalog/images/${imageId}/${READY.digest}/..%2f..%2f..%2f..%2fuploads%2f${imageId}`,
      ].map((path) => shop.send('GET', path, undefined, {})),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    for (const answer of answers) expect(await answer.text()).not.toContain('<script>');
  });
});

describe('files of images', () => {
  it('go with the image, and the product no longer shows it', async () => {
    const id = await shop.add();
    const [gone, kept] = [await shop.show(id), await shop.show(id)];

    expect((await shop.send('DELETE', `/catalog/products/${id}/images/${gone}`)).status).toBe(204);
    expect((await shop.send('DELETE', `/catalog/products/${id}/images/${gone}`)).status).toBe(404);

    expect((await shop.product(id)).product.images?.map((image) => image.id)).toEqual([kept]);
    await eventually(async () => expect(await shop.keys(gone)).toEqual([]));
    expect(await shop.keys(kept)).toHaveLength(4);
  });

  it('go with the product, uploads that were never looked at too', async () => {
    const id = await shop.add();
    const shown = await shop.show(id);
    const upload = await shop.form(id);
    await shop.post(upload, Buffer.from('bytes'));

    await shop.send('DELETE', `/catalog/products/${id}`, undefined, { ...(await bearer('admin')), 'if-match': '*' });

    await eventually(async () => {
      expect([...(await shop.keys(shown)), ...(await shop.keys(upload.imageId))]).toEqual([]);
    });
  });

  it('are no reason to delete an image of another product', async () => {
    const [mine, yours] = [await shop.add(), await shop.add()];
    const imageId = await shop.show(yours);

    expect((await shop.send('DELETE', `/catalog/products/${mine}/images/${imageId}`)).status).toBe(404);
    expect((await shop.product(yours)).product.images).toHaveLength(1);
  });

  it('R13: are swept as often as it is asked for, and those that are shown or still expected stay', async () => {
    const id = await shop.add();
    const [shown, expected] = [await shop.show(id), (await shop.form(id)).imageId];
    const stranger = randomUUID();
    await shop.writeFiles(stranger);

    for (const _again of [1, 2]) await shop.sweep([shown, expected, stranger]);

    expect(await shop.keys(stranger)).toEqual([]);
    expect(await shop.keys(shown)).toHaveLength(4);
    expect((await shop.images(id)).map(({ status }) => status)).toEqual(['ready', 'pending']);
  });

  it('go at the time that was set down when they were expected, where nothing came of it', async () => {
    const id = await shop.add();
    const [lost, refused] = [await shop.form(id), await shop.form(id)];
    await shop.post(lost, Buffer.from('never looked at'));
    await shop.report(refused.imageId, { status: 'refused', reason: 'damaged' });

    const due = await shop.catalog.query<{ key: string }>('SELECT key FROM outbox_scheduled WHERE type = $1', [
      'catalog.sweep-images.v1',
    ]);
    expect(due.map(({ key }) => key)).toEqual(expect.arrayContaining([lost.imageId, refused.imageId]));
    await shop.catalog.query(`UPDATE product_image SET expires_at = now() WHERE product_id = $1`, [id]);
    await shop.sweep([lost.imageId, refused.imageId]);

    expect(await shop.images(id)).toEqual([]);
    expect(await shop.keys(lost.imageId)).toEqual([]);
    expect((await shop.report(lost.imageId)).status).toBe(404);
  });

  it('go again when no form is open any more, for what was uploaded after its image was deleted', async () => {
    const id = await shop.add();
    const upload = await shop.form(id);
    await shop.send('DELETE', `/catalog/products/${id}/images/${upload.imageId}`);

    const due = await shop.catalog.query<{ at: Date }>(
      `SELECT max(deliver_at) AS at FROM outbox_scheduled WHERE key = $1`,
      [upload.imageId],
    );
    expect(due[0]?.at.getTime()).toBeGreaterThanOrEqual(Date.parse(upload.expiresAt));
    expect((await shop.post(upload, Buffer.from('late'))).status).toBe(204);
    await shop.sweep([upload.imageId]);

    expect(await shop.keys(upload.imageId)).toEqual([]);
  });
});
