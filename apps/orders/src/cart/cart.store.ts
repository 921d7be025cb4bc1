import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AwsClients } from '@lethe/aws';
import { cartSchema, cartsTable } from '@lethe/contracts';
import { fullJitter, pause } from '@lethe/kernel';
import { Injectable } from '@nestjs/common';
import { CartContendedError, DependencyUnavailableError } from '../orders.errors.js';
import { type CartItems, type VersionedCart } from './cart.js';

/** Tries against other writers of the same cart. */
const MAX_ATTEMPTS = 12;
const BACKOFF = { base: 5, cap: 200 };

/**
 * Carts in DynamoDB: one item per customer, read consistently and written only over the version that was read (R27).
 * Throws a {@link DependencyUnavailableError} where DynamoDB does not answer.
 */
@Injectable()
export class CartStore {
  constructor(private readonly clients: AwsClients) {}

  async read(customerId: string): Promise<VersionedCart> {
    const { Item } = await answered(
      this.clients.dynamodb.send(
        new GetItemCommand({
          TableName: cartsTable.name,
          Key: { customerId: { S: customerId } },
          ConsistentRead: true,
        }),
      ),
    );
    return Item === undefined ? { items: [], version: 0 } : decode(Item);
  }

  /** Applies the change to the newest cart, again if another change came first. Throws a {@link CartContendedError}. */
  async change(customerId: string, change: (items: CartItems) => CartItems): Promise<VersionedCart> {
    let cause: unknown;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const cart = await this.read(customerId);
      const items = change(cart.items);
      if (items === cart.items) return cart;
      try {
        return await this.write(customerId, items, cart.version);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        cause = error;
      }
      await pause(fullJitter(attempt, BACKOFF));
    }
    throw new CartContendedError(cause);
  }

  /** Empties the cart if it still has this version; false where it has not. */
  async emptyAt(customerId: string, version: number): Promise<boolean> {
    try {
      await this.write(customerId, [], version);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Removes the item, whatever its version. */
  async delete(customerId: string): Promise<void> {
    await answered(
      this.clients.dynamodb.send(
        new DeleteItemCommand({ TableName: cartsTable.name, Key: { customerId: { S: customerId } } }),
      ),
    );
  }

  private async write(customerId: string, items: CartItems, over: number): Promise<VersionedCart> {
    const version = over + 1;
    await answered(
      this.clients.dynamodb.send(
        new UpdateItemCommand({
          TableName: cartsTable.name,
          Key: { customerId: { S: customerId } },
          UpdateExpression: 'SET #items = :items, #version = :next',
          ConditionExpression: over === 0 ? 'attribute_not_exists(#version)' : '#version = :over',
          ExpressionAttributeNames: { '#items': 'items', '#version': 'version' },
          ExpressionAttributeValues: {
            ':items': encode(items),
            ':next': { N: String(version) },
            ...(over === 0 ? {} : { ':over': { N: String(over) } }),
          },
        }),
      ),
    );
    return { items, version };
  }
}

function encode(items: CartItems): AttributeValue {
  return {
    L: items.map(({ productId, quantity }) => ({
      M: { productId: { S: productId }, quantity: { N: String(quantity) } },
    })),
  };
}

function decode(item: Record<string, AttributeValue>): VersionedCart {
  const items = item['items']?.L?.map(({ M }) => ({
    productId: M?.['productId']?.S,
    quantity: Number(M?.['quantity']?.N),
  }));
  return { items: cartSchema.parse({ items }).items, version: Number(item['version']?.N) };
}

/** A refused condition stays what it is; all else means that the store of carts is not there. */
async function answered<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    throw new DependencyUnavailableError('carts', error);
  }
}
