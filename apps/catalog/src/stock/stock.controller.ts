import { type Product, adjustStockSchema, productSchema } from '@lethe/contracts';
import { LiveSession, Roles } from '@lethe/identity';
import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { entityTagOf, permittedTags } from '../product/entity-tag.js';
import { pathId } from '../product/product.schemas.js';
import { AdjustStock } from './adjust-stock.js';

/** Corrections of stock over HTTP. */
@ApiTags('products')
@Controller('catalog/products/:id/stock')
export class StockController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Roles('admin')
  @LiveSession()
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: productSchema })
  async adjust(
    @Param('id', { schema: pathId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: adjustStockSchema }) { delta }: z.output<typeof adjustStockSchema>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    const adjusted = await this.commands.execute(new AdjustStock(id, delta, permittedTags(ifMatch)));
    void reply.header('etag', entityTagOf(adjusted));
    return adjusted.product;
  }
}
