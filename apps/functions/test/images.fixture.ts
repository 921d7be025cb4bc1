import { randomUUID } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type ImageReport, imageReportSchema, uploadKeyOf } from '@lethe/contracts';
import { makeServiceKey } from '@lethe/identity';
import { listen } from '../src/invoke-server.js';
import { CatalogReports } from '../src/images/catalog-reports.js';
import { bucketEventSchema, resizeImages } from '../src/images/resize-image.js';
import { ImageBucket } from '../src/images/uploads.js';
import { ServiceClient } from '../src/service-client.js';

/** What catalog answers: as it does for an image that it expects, or for one that it does not want. */
export type CatalogAnswer = readonly [status: number, type?: string | undefined, location?: string];
export const EXPECTED: CatalogAnswer = [204];
export const GONE: CatalogAnswer = [404, 'urn:lethe:problem:image-not-found'];
export const SETTLED: CatalogAnswer = [409, 'urn:lethe:problem:image-settled'];

/** A bucket in the embedded S3, the function, and a catalog that answers what it is told to. */
export class ImageStudio {
  readonly reports: { readonly path: string; readonly bearer: string; readonly report: ImageReport }[] = [];
  answer: CatalogAnswer = EXPECTED;
  readonly #s3 = new S3Client({ forcePathStyle: true });
  #url = '';

  private constructor(
    readonly bucket: string,
    private readonly catalog: Server,
  ) {}

  static async open(): Promise<ImageStudio> {
    const catalog = createServer();
    const studio = new ImageStudio(`images-${randomUUID()}`, catalog);
    await studio.#s3.send(new CreateBucketCommand({ Bucket: studio.bucket }));
    catalog.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const report = imageReportSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
        const { url = '', headers } = request;
        studio.reports.push({ path: url, bearer: headers.authorization ?? '', report });
        const [status, type, location] = studio.answer;
        const moved = location === undefined ? {} : { location };
        response.writeHead(status, { 'content-type': 'application/problem+json', ...moved });
        response.end(type === undefined ? undefined : JSON.stringify({ type, status }));
      });
    });
    studio.#url = `http://127.0.0.1:${await listen(catalog, 0, '127.0.0.1')}`;
    return studio;
  }

  /** Uploads under a new image's key; its id. */
  async upload(bytes: Buffer | string, ContentType = 'image/png', imageId: string = randomUUID()): Promise<string> {
    await this.#s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: uploadKeyOf(imageId), Body: bytes, ContentType }),
    );
    return imageId;
  }

  /** Invokes the function with S3's event of these keys. */
  async invoke(...keys: string[]): Promise<void> {
    await this.invokeAs(this.bucket, ...keys);
  }

  /** As {@link invoke}, with an event that names that bucket. */
  async invokeAs(bucket: string, ...keys: string[]): Promise<void> {
    const key = JSON.stringify(makeServiceKey('functions').privateJwk);
    const catalog = new ServiceClient({ service: 'catalog', url: this.#url, key });
    await resizeImages(bucketEventSchema.parse(eventOf(bucket, keys)), {
      bucket: new ImageBucket(this.#s3, this.bucket),
      reports: new CatalogReports(catalog),
    });
  }

  /** Every key of the bucket that has to do with the image. */
  async keys(imageId: string): Promise<string[]> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.bucket }));
    return Contents.flatMap(({ Key = '' }) => (Key.includes(imageId) ? [Key] : []));
  }

  async headers(Key: string): Promise<(string | undefined)[]> {
    const { Body, ...head } = await this.#s3.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
    await Body?.transformToByteArray();
    return [head.ContentType, head.CacheControl, head.ContentDisposition];
  }

  /** What catalog was told of the image. */
  reportsOf(imageId: string): ImageReport[] {
    return this.reports.filter(({ path }) => path.endsWith(imageId)).map(({ report }) => report);
  }

  close(): void {
    this.#s3.destroy();
    this.catalog.closeAllConnections();
    this.catalog.close();
  }
}

/** As in "Event message structure" of the S3 user guide. */
function eventOf(bucket: string, keys: readonly string[]): unknown {
  return {
    Records: keys.map((key) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventName: 'ObjectCreated:Post',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { key: encodeURIComponent(key).replaceAll('%20', '+'), size: 1, sequencer: '0A1B2C3D4E5F678901' },
      },
    })),
  };
}
