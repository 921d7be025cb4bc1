import { type ImageReport } from '@lethe/contracts';
import { z } from 'zod';
import { ServiceUnavailableError } from '../functions.errors.js';
import { type ServiceClient } from '../service-client.js';
import { type ImageReports } from './resize-image.js';

/** Catalog's own words for files that nobody wants. Any other 404 may come from a router on the way. */
const unwantedSchema = z.looseObject({
  type: z.enum(['urn:lethe:problem:image-not-found', 'urn:lethe:problem:image-settled']),
});

/** Tells catalog by service token. */
export class CatalogReports implements ImageReports {
  constructor(private readonly catalog: Pick<ServiceClient, 'put'>) {}

  /** Throws a {@link ServiceUnavailableError} for any answer but "settled", "unknown" and "settled otherwise". */
  async settle(imageId: string, report: ImageReport): Promise<boolean> {
    const { status, body } = await this.catalog.put(`/catalog/internal/images/${imageId}`, report);
    if (status === 204) return true;
    if (unwantedSchema.safeParse(body).success) return false;
    throw new ServiceUnavailableError('catalog', `it answered ${status}`);
  }
}
