import { type ReceiptOrder, idSchema, receiptOrderSchema } from '@lethe/contracts';
import { Services } from '@lethe/identity';
import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { FindReceipt } from './find-receipt.js';

/** For the function that mails receipts alone, by its service token (S40). */
@ApiTags('internal')
@Controller('orders/internal/receipts')
@Services('functions')
export class ReceiptsController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: receiptOrderSchema })
  find(@Param('id', { schema: idSchema }) id: string): Promise<ReceiptOrder> {
    return this.queries.execute(new FindReceipt(id));
  }
}
