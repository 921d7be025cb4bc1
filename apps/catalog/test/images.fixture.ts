import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  type ImageFile,
  type ImageList,
  type ImageReport,
  type ImageUpload,
  type Product,
  imageKeyOf,
} from '@lethe/contracts';
import { imageListSchema, imageUploadSchema, productSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import type { Topology } from '@lethe/topology';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommandBus } from '@nestjs/cqrs';
import { SweepImageFiles } from '../src/image/file/sweep-images.js';
import { CatalogFixture } from './catalog.fixture.js';
import { bearer, functionsBearer, provision, startReplica } from './service.fixture.js';

type Headers = Record<string, string>;

/** What the function reports of an upload that it has shown in two widths. */
export const READY: ImageReport & { status: 'ready' } = {
  status: 'ready',
  digest: 'dGVzdHRlc3R0ZXN0',
  types: ['image/avif', 'image/webp'],
  sizes: [
    [320, 200],
    [640, 400],
  ],
};

/** The service with its bucket, as an admin and as the function meet it. */
export class ImageCatalog {
  private constructor(
    readonly catalog: CatalogFixture,
    readonly topology: Topology,
    readonly app: NestFastifyApplication,
    private readonly url: string,
    private readonly admin: Headers,
  ) {}

  static async start(): Promise<ImageCatalog> {
    const catalog = await CatalogFixture.create();
    const topology = await provision(catalog);
    const app = await startReplica(catalog, topology, {}, { IMAGES_BUCKET: catalog.bucket });
    return new ImageCatalog(catalog, topology, app, await app.getUrl(), await bearer('admin'));
  }

  /** Asks the service, as an admin unless other headers are given. */
  send(method: string, path: string, body?: unknown, headers: Headers = this.admin): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A new product; its id. */
  add(product: Parameters<CatalogFixture['addProduct']>[1] = {}): Promise<string> {
    return this.catalog.addProduct(3, product);
  }

  /** Asks for a form. */
  async form(productId: string, type = 'image/png'): Promise<ImageUpload> {
    const response = await this.send('POST', `/catalog/products/${productId}/images`, { type });
    if (response.status !== 201) throw new Error(`POST answered ${response.status}`);
    return imageUploadSchema.parse(await response.json());
  }

  /** Posts a file by a form, as a browser does; other fields replace those of the form. */
  async post(upload: ImageUpload, file: Uint8Array, fields: Headers = {}): Promise<{ status: number; body: string }> {
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...upload.fields, ...fields })) form.append(name, value);
    form.append('file', new Blob([new Uint8Array(file)]), 'whatever.exe');
    const response = await fetch(upload.url, { method: 'POST', body: form });
    return { status: response.status, body: await response.text() };
  }

  /** Reports as the function does. */
  report(imageId: string, report: ImageReport = READY): Promise<Response> {
    return this.send('PUT', `/catalog/internal/images/${imageId}`, report, functionsBearer());
  }

  /** An image that is shown, with its files; its id. */
  async show(productId: string): Promise<string> {
    const { imageId } = await this.form(productId);
    await this.writeFiles(imageId);
    const response = await this.report(imageId);
    if (response.status !== 204) throw new Error(`PUT answered ${response.status}`);
    return imageId;
  }

  /** Writes the files of {@link READY} as the function does. */
  async writeFiles(imageId: string): Promise<void> {
    for (const file of filesOf(imageId)) {
      const Body = `${file.width} ${file.type}`;
      await this.catalog.clients.s3.send(
        new PutObjectCommand({ Bucket: this.catalog.bucket, Key: imageKeyOf(file), Body }),
      );
    }
  }

  async removeFile(file: ImageFile): Promise<void> {
    await this.catalog.clients.s3.send(new DeleteObjectCommand({ Bucket: this.catalog.bucket, Key: imageKeyOf(file) }));
  }

  /** Does what the message to sweep asks for. */
  async sweep(imageIds: readonly string[]): Promise<void> {
    await this.app.get(CommandBus).execute(new SweepImageFiles(imageIds));
  }

  async product(id: string): Promise<{ product: Product; etag: string }> {
    const response = await this.send('GET', `/catalog/products/${id}`, undefined, {});
    return { product: productSchema.parse(await response.json()), etag: response.headers.get('etag') ?? '' };
  }

  async images(productId: string): Promise<ImageList['items']> {
    const response = await this.send('GET', `/catalog/products/${productId}/images`);
    return imageListSchema.parse(await response.json()).items;
  }

  /** Every key of the bucket that has to do with the image. */
  async keys(imageId: string): Promise<string[]> {
    const { Contents = [] } = await this.catalog.clients.s3.send(
      new ListObjectsV2Command({ Bucket: this.catalog.bucket }),
    );
    return Contents.flatMap(({ Key = '' }) => (Key.includes(imageId) ? [Key] : []));
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.app.get(Database).close();
    await this.catalog.close();
  }
}

/** The files of {@link READY}. */
export function filesOf(imageId: string): ImageFile[] {
  const { digest, sizes, types } = READY;
  return sizes.flatMap(([width]) => types.map((type) => ({ imageId, digest, width, type })));
}
