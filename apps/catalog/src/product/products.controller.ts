import { type Product, type ProductPage, productPageSchema, productSchema } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { Idempotent, IdempotentContext } from '@lethe/idempotency';
import { LiveSession, Public, Roles } from '@lethe/identity';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CreateProduct } from './create-product.js';
import { DeleteProduct } from './delete-product.js';
import { entityTagOf, isNotModified, requiredVersions } from './entity-tag.js';
import { FindProduct } from './find-product.js';
import { FindProducts } from './search/find-products.js';
import { PatchProduct } from './patch-product.js';
import type { VersionedProduct } from './product.js';
import {
  type CreateProductBody,
  type PatchProductBody,
  type ProductQuery,
  createProductBody,
  patchProductBody,
  pathId,
  productQuery,
} from './product.schemas.js';

/** Products over HTTP: anyone reads, admins write. */
@ApiTags('products')
@Controller('catalog/products')
export class ProductsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Public()
  @ApiResponse({ status: 200, standardSchema: productPageSchema })
  find(@Query({ schema: productQuery }) query: ProductQuery): Promise<ProductPage> {
    return this.queries.execute(new FindProducts(query));
  }

  @Get(':id')
  @Public()
  @ApiResponse({ status: 200, standardSchema: productSchema })
  @ApiResponse({ status: 304, description: 'The tag in If-None-Match is still that of the product.' })
  async findOne(
    @Param('id', { schema: pathId }) id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product | undefined> {
    const found = await this.queries.execute(new FindProduct(id));
    void reply.header('etag', entityTagOf(found)).header('cache-control', 'no-cache');
    if (!isNotModified(ifNoneMatch, found)) return found.product;
    void reply.code(304);
    return undefined;
  }

  @Post()
  @Roles('admin')
  @LiveSession()
  @Idempotent({ required: false })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: '1 to 255 visible ASCII characters.' })
  @ApiResponse({ status: 201, standardSchema: productSchema })
  async create(
    @Body({ schema: createProductBody }) body: CreateProductBody,
    @IdempotentContext() tx: Tx | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    const created = await this.commands.execute(new CreateProduct(body, tx));
    void reply.header('location', `/catalog/products/${created.product.id}`);
    return tagged(reply, created);
  }

  @Patch(':id')
  @Roles('admin')
  @LiveSession()
  @ApiResponse({ status: 200, standardSchema: productSchema })
  async patch(
    @Param('id', { schema: pathId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: patchProductBody }) body: PatchProductBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Product> {
    return tagged(reply, await this.commands.execute(new PatchProduct(id, requiredVersions(ifMatch), body)));
  }

  @Delete(':id')
  @Roles('admin')
  @LiveSession()
  @HttpCode(204)
  async remove(
    @Param('id', { schema: pathId }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.commands.execute(new DeleteProduct(id, requiredVersions(ifMatch)));
  }
}

function tagged(reply: FastifyReply, found: VersionedProduct): Product {
  void reply.header('etag', entityTagOf(found));
  return found.product;
}
