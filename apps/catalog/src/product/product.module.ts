import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CreateProductHandler } from './create-product.js';
import { DeleteProductHandler } from './delete-product.js';
import { FindProductHandler } from './find-product.js';
import { FindProductsHandler } from './search/find-products.js';
import { PatchProductHandler } from './patch-product.js';
import { ProductsController } from './products.controller.js';
import { ProductsProcess } from './products.process.js';
import { QuoteProductsHandler } from './quote/quote-products.js';
import { QuotesController } from './quote/quotes.controller.js';

/** Products: browse, search, quote, write. */
@Module({
  imports: [CqrsModule],
  controllers: [ProductsController, ProductsProcess, QuotesController],
  providers: [
    CreateProductHandler,
    DeleteProductHandler,
    FindProductHandler,
    FindProductsHandler,
    PatchProductHandler,
    QuoteProductsHandler,
  ],
})
export class ProductModule {}
