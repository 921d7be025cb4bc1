import { KinesisClient } from '@aws-sdk/client-kinesis';
import { EnrichedClicks, store } from '@lethe/contracts';
import { systemClock } from '@lethe/kernel';
import { streamName } from '@lethe/topology';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { enrichClicks } from '../enrichment/enrich-clicks.js';
import { enrichedClicksWriter } from '../enrichment/enriched-clicks-writer.js';
import { KnownProducts } from '../enrichment/known-products.js';
import { functionsConfigSchema, readConfig } from '../functions.config.js';
import { sdkConfig } from '../sdk.js';
import { ServiceClient } from '../service-client.js';

const config = readConfig(functionsConfigSchema.pick({ AWS_REGION: true, CATALOG_URL: true }));
const { requestHandler, ...rest } = sdkConfig(config.AWS_REGION);
// The SDK's default for Kinesis is HTTP/2, which has no connection timeout, and which no emulator speaks.
const kinesis = new KinesisClient({ ...rest, requestHandler: new NodeHttpHandler(requestHandler) });
const parts = {
  products: new KnownProducts(new ServiceClient({ service: 'catalog', url: config.CATALOG_URL }), systemClock),
  write: enrichedClicksWriter(kinesis, streamName(store.name, EnrichedClicks)),
};

/** Records of a shard of clicks. Throws a ZodError for another event. */
export const handler = (event: unknown) => enrichClicks(event, parts);
