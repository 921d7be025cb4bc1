import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { productPageSchema } from '@lethe/contracts';
import type { StoreClient } from './client.js';
import { generatedCatalog } from './generated-catalog.js';
import { type ImportProgress, importCatalog, openCatalogFile } from './import-catalog.js';
import { StoreStartError } from './store.errors.js';

/** Gives an empty store a demo catalogue: the real one where its file is at hand, else 1,000 generated products. */
export async function seedCatalog(
  client: StoreClient,
  retailFile: string | undefined,
  onProgress: (progress: ImportProgress) => void,
): Promise<number> {
  const page = await client.get('/catalog/products?limit=1', productPageSchema);
  if (page.items.length > 0) return 0;
  const real = retailFile !== undefined && existsSync(retailFile) ? retailFile : undefined;
  const source = real === undefined ? Readable.from([generatedCatalog()]) : openCatalogFile(real);
  const result = await importCatalog(client, source, real === undefined ? 'shopify' : 'online-retail', onProgress);
  if (result.status === 'failed')
    throw new StoreStartError(`the demo catalogue was refused: ${result.failure ?? 'no reason given'}`);
  return result.imported;
}
