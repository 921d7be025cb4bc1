import type { Quote } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { QUOTE_PRODUCTS, type QuoteRow } from '../product.sql.js';

/** What products are and cost now; those that are unknown or deleted are listed as missing. */
export class QuoteProducts extends Query<Quote> {
  constructor(readonly productIds: readonly string[]) {
    super();
  }
}

@QueryHandler(QuoteProducts)
export class QuoteProductsHandler implements IQueryHandler<QuoteProducts> {
  constructor(private readonly database: Database) {}

  async execute({ productIds }: QuoteProducts): Promise<Quote> {
    const ids = [...new Set(productIds.map((id) => id.toLowerCase()))];
    const rows = await this.database.query<QuoteRow>(QUOTE_PRODUCTS, [ids]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return {
      items: ids.flatMap((id) => {
        const row = found.get(id);
        if (row === undefined) return [];
        const { sku, name, category, amount, currency } = row;
        return [{ id, sku, name, category, price: { amount, currency } }];
      }),
      missing: ids.filter((id) => !found.has(id)),
    };
  }
}
