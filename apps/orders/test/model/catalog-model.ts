import {
  OrderConfirmed,
  ReleaseStock,
  ReserveStock,
  RestockReturn,
  StockRejected,
  StockReserved,
} from '@lethe/contracts';
import { uuidv7 } from '@lethe/kernel';
import { RetryLater } from '@lethe/messaging';
import { type DataOf, type Envelope, encodeMessage, readMessage } from '@lethe/topology';

/** Units of one product. */
export interface Shelf {
  readonly initial: number;
  available: number;
  reserved: number;
  sold: number;
}
type Lines = DataOf<typeof ReserveStock>['items'];
interface KnownOrder {
  state: 'reserved' | 'rejected' | 'released' | 'sold';
  readonly lines: Lines;
}

/** The catalogue as far as orders see it: what it answers to messages, and what that does to its stock. */
export class CatalogModel {
  readonly shelves = new Map<string, Shelf>();
  readonly #orders = new Map<string, KnownOrder>();
  readonly #received = new Set<string>();
  readonly #returns = new Set<string>();

  add(productId: string, units: number): void {
    this.shelves.set(productId, { initial: units, available: units, reserved: 0, sold: 0 });
  }

  /** What became of an order's stock; undefined where the catalogue has not heard of it. */
  stateOf(orderId: string): KnownOrder['state'] | undefined {
    return this.#orders.get(orderId)?.state;
  }

  /** Takes a message and gives what it says to it. Throws a `RetryLater` for goods that come back before they are sold. */
  receive(envelope: Envelope): string[] {
    if (this.#received.has(envelope.id)) return [];
    const answers = this.#act(envelope);
    this.#received.add(envelope.id);
    return answers;
  }

  #act(envelope: Envelope): string[] {
    if (envelope.type === ReserveStock.type) return this.#reserve(readMessage(ReserveStock, envelope).data);
    if (envelope.type === ReleaseStock.type) this.#release(readMessage(ReleaseStock, envelope).data);
    else if (envelope.type === OrderConfirmed.type) this.#sell(readMessage(OrderConfirmed, envelope).data);
    else this.#restock(readMessage(RestockReturn, envelope).data);
    return [];
  }

  #reserve({ orderId, items }: DataOf<typeof ReserveStock>): string[] {
    const known = this.#orders.get(orderId);
    if (known?.state === 'released') return [];
    const state = known?.state ?? (items.every((line) => this.#has(line)) ? 'reserved' : 'rejected');
    if (known === undefined) {
      this.#orders.set(orderId, { state, lines: items });
      if (state === 'reserved') this.#move(items, { available: -1, reserved: 1 });
    }
    const fields = { id: uuidv7(), source: 'catalog', time: Date.now(), subject: undefined };
    if (state !== 'rejected') return [encodeMessage(StockReserved, { orderId }, fields)];
    const shortages = items.map(({ productId, quantity }) => ({ productId, requested: quantity, available: 0 }));
    return [encodeMessage(StockRejected, { orderId, shortages }, fields)];
  }

  #release({ orderId }: DataOf<typeof ReleaseStock>): void {
    const known = this.#orders.get(orderId);
    if (known === undefined) this.#orders.set(orderId, { state: 'released', lines: [] });
    if (known?.state !== 'reserved') return;
    known.state = 'released';
    this.#move(known.lines, { reserved: -1, available: 1 });
  }

  #sell({ orderId, items }: DataOf<typeof OrderConfirmed>): void {
    const known = this.#orders.get(orderId);
    if (known?.state === 'sold') return;
    if (known?.state !== 'reserved') throw new Error(`order ${orderId} is confirmed, its stock is ${known?.state}`);
    const wanted = (lines: Lines) => lines.map(({ productId, quantity }) => `${productId} ${quantity}`).join();
    if (wanted(items) !== wanted(known.lines)) throw new Error(`order ${orderId} is not what was reserved for it`);
    known.state = 'sold';
    this.#move(known.lines, { reserved: -1, sold: 1 });
  }

  #restock({ orderId, returnId, items }: DataOf<typeof RestockReturn>): void {
    if (this.stateOf(orderId) !== 'sold') throw new RetryLater(5, 'not sold yet');
    if (this.#returns.has(returnId)) return;
    this.#returns.add(returnId);
    this.#move(items, { sold: -1, available: 1 });
  }

  #has({ productId, quantity }: Lines[number]): boolean {
    return (this.shelves.get(productId)?.available ?? 0) >= quantity;
  }

  #move(lines: Lines, by: Partial<Record<'available' | 'reserved' | 'sold', number>>): void {
    for (const { productId, quantity } of lines) {
      const shelf = this.shelves.get(productId);
      if (shelf === undefined) throw new Error(`there is no product ${productId}`);
      shelf.available += quantity * (by.available ?? 0);
      shelf.reserved += quantity * (by.reserved ?? 0);
      shelf.sold += quantity * (by.sold ?? 0);
    }
  }
}
