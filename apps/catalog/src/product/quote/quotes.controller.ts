import { type Quote, quoteRequestSchema, quoteSchema } from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { QuoteProducts } from './quote-products.js';

/** What orders asks before it places an order: prices as they are now, never from a cache, for no one else. */
@ApiTags('quotes')
@Controller('catalog/quotes')
export class QuotesController {
  constructor(private readonly queries: QueryBus) {}

  @Post()
  @Services('orders')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: quoteSchema })
  quote(@Body({ schema: quoteRequestSchema }) body: z.output<typeof quoteRequestSchema>): Promise<Quote> {
    return this.queries.execute(new QuoteProducts(body.productIds));
  }
}
