import { Database } from '@lethe/database';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PreconditionFailedError, ProductNotFoundError } from '../catalog.errors.js';
import { DELETE_PRODUCT, FIND_PRODUCT } from './product.sql.js';

/**
 * Takes a product off the shop. What is set aside or sold of it stays so, since orders refer to it; its SKU is free
 * again. `versions` and errors as with PatchProduct.
 */
export class DeleteProduct extends Command<void> {
  constructor(
    readonly id: string,
    readonly versions: readonly number[] | undefined,
  ) {
    super();
  }
}

@CommandHandler(DeleteProduct)
export class DeleteProductHandler implements ICommandHandler<DeleteProduct> {
  constructor(private readonly database: Database) {}

  async execute({ id, versions }: DeleteProduct): Promise<void> {
    const [gone] = await this.database.query(DELETE_PRODUCT, [id, versions ?? null]);
    if (gone !== undefined) return;
    const [known] = await this.database.query(FIND_PRODUCT, [id]);
    throw known === undefined ? new ProductNotFoundError(id) : new PreconditionFailedError();
  }
}
