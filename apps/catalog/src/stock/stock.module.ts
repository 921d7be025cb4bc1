import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AdjustStockHandler } from './adjust/adjust-stock.js';
import { FindStockHandler } from './find-stock.js';
import { ReleaseStockHandler } from './release-stock.js';
import { ReserveStockHandler } from './reserve-stock.js';
import { RestockReturnHandler } from './restock/restock-return.js';
import { SellStockHandler } from './sell-stock.js';
import { StockController } from './stock.controller.js';
import { StockProcess } from './stock.process.js';

/** Stock: set aside, given back, sold, corrected. */
@Module({
  imports: [CqrsModule],
  controllers: [StockController, StockProcess],
  providers: [
    AdjustStockHandler,
    FindStockHandler,
    ReleaseStockHandler,
    ReserveStockHandler,
    RestockReturnHandler,
    SellStockHandler,
  ],
})
export class StockModule {}
