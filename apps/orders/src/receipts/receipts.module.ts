import { Module } from '@nestjs/common';
import { FindReceiptHandler } from './find-receipt.js';
import { ReceiptsController } from './receipts.controller.js';

/** What functions ask about orders to mail receipts. */
@Module({ controllers: [ReceiptsController], providers: [FindReceiptHandler] })
export class ReceiptsModule {}
