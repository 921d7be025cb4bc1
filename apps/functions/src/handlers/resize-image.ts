import { S3Client } from '@aws-sdk/client-s3';
import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { CatalogReports } from '../images/catalog-reports.js';
import { bucketEventSchema, resizeImages } from '../images/resize-image.js';
import { ImageBucket } from '../images/uploads.js';
import { sdkConfig } from '../sdk.js';
import { ServiceClient } from '../service-client.js';

const config = readConfig(
  functionsConfigSchema.pick({ AWS_REGION: true, CATALOG_URL: true, SERVICE_KEY: true, IMAGES_BUCKET: true }),
);
const s3 = new S3Client({ ...sdkConfig(config.AWS_REGION), forcePathStyle: true });
const bucket = new ImageBucket(s3, config.IMAGES_BUCKET);
const catalog = new ServiceClient({ service: 'catalog', url: config.CATALOG_URL, key: config.SERVICE_KEY });
const reports = new CatalogReports(catalog);

/** An upload of a product image, by S3's notification. Throws a ZodError for another event. */
export const handler = (event: unknown) => resizeImages(bucketEventSchema.parse(event), { bucket, reports });
