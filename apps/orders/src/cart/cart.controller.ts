import { type Cart, cartSchema, idSchema, putCartItemSchema } from '@lethe/contracts';
import { CurrentUser, type Principal } from '@lethe/identity';
import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { GetCart } from './get-cart.js';
import { PutCartItem } from './put-cart-item.js';
import { RemoveCartItem } from './remove-cart-item.js';

/** The caller's cart over HTTP; nobody else's can be named (S40). */
@ApiTags('carts')
@Controller('carts/me')
export class CartController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiResponse({ status: 200, description: 'Products in the order in which they came in.', standardSchema: cartSchema })
  get(@CurrentUser() user: Principal): Promise<Cart> {
    return this.queries.execute(new GetCart(user.id));
  }

  @Delete()
  @ApiResponse({ status: 200, description: 'The cart, now empty.', standardSchema: cartSchema })
  empty(@CurrentUser() user: Principal): Promise<Cart> {
    return this.commands.execute(new RemoveCartItem(user.id));
  }

  @Put('items/:productId')
  @ApiResponse({ status: 200, description: 'The cart with so much of the product.', standardSchema: cartSchema })
  put(
    @Param('productId', { schema: idSchema }) productId: string,
    @Body({ schema: putCartItemSchema }) { quantity }: z.output<typeof putCartItemSchema>,
    @CurrentUser() user: Principal,
  ): Promise<Cart> {
    return this.commands.execute(new PutCartItem(user.id, productId, quantity));
  }

  @Delete('items/:productId')
  @ApiResponse({ status: 200, description: 'The cart without the product.', standardSchema: cartSchema })
  remove(@Param('productId', { schema: idSchema }) productId: string, @CurrentUser() user: Principal): Promise<Cart> {
    return this.commands.execute(new RemoveCartItem(user.id, productId));
  }
}
