import { ProductsChanged, catalogService } from '@lethe/contracts';
import { Handles } from '@lethe/messaging';
import type { MessageOf } from '@lethe/topology';
import { Controller } from '@nestjs/common';
import { ProductCache } from './cache/product-cache.js';

/**
 * What a replica makes up for another that died between a commit and its invalidation. Where Valkey is not reached
 * nothing is tried again: before another try could come, age has ended what was to be forgotten.
 */
@Controller()
export class ProductsProcess {
  constructor(private readonly products: ProductCache) {}

  @Handles(catalogService, ProductsChanged)
  async onProductsChanged({ data }: MessageOf<typeof ProductsChanged>): Promise<void> {
    await this.products.changed(data.productIds);
  }
}
