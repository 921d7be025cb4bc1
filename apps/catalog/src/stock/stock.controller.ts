import { type Product, type Stock, productSchema, stockQuerySchema, stockSchema } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { Idempotent, IdempotentContext } from '@lethe/idempotency';
import { LiveSession, Roles } from '@lethe/identity';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { entityTagOf, permittedTags } from '../product/entity-tag.js';
import { adjustStockBody, pathId } from '../product/product.schemas.js';
import { AdjustStock } from './adjust/adjust-stock.js';
import { FindStock } from './find-stock.js';

/** Stock over HTTP: its corrections and their journal. */
@ApiTags('products')
@Controller('catalog/products/:id/stock')
export class StockController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Roles('admin')
  @LiveSession()
  @ApiResponse({ status: 200, standardSchema: stockSchema })
  find(
    @Param('id', { schema: pathId }) id: string,
    @Query({ schema: stockQuerySchema }) query: z.output<typeof stockQuerySchema>,
  ): Promise<Stock> {
    return this.queries.execute(new FindStock(id, query));
  }

  @Post()
  @Roles('admin')
  @LiveSession()
  @Idempotent({ required: false })
  @HttpCode(200)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 visible ASCII characters.' })
  @ApiResponse({ status: 200, standardSchema: productSchema })
  async adjust(
    @Param('id', { schema: pathId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: adjustStockBody }) { delta, reason, note }: z.output<typeof adjustStockBody>,
    @IdempotentContext() tx: Tx | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    const command = new AdjustStock(id, delta, permittedTags(ifMatch), { reason, note }, tx);
    const adjusted = await this.commands.execute(command);
    void reply.header('etag', entityTagOf(adjusted));
    return adjusted.product;
  }
}
