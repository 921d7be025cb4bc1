import type { MessageOf } from '@lethe/topology';
import { ReserveStock, StockRejected, StockReserved, type catalogService } from '@lethe/contracts';
import type { Tx } from '@lethe/database';
import { type Gathered, Gathering, type Unit, UnitOfWork } from '@lethe/outbox';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ProductCache } from '../product/cache/product-cache.js';
import {
  type ReservationState,
  type ShelfLine,
  type Shortage,
  type WantedLine,
  mergeLines,
  shortagesOf,
} from './reservation.js';
import { CLAIM_ORDERS, FIND_RESERVATION_STATE, LOCK_SHELF, REJECT_ORDERS, RESERVE_LINES } from './stock.sql.js';

/** Sets stock aside for an order, all lines or none, and says which in the same commit. */
export class ReserveOrderStock extends Command<void> {
  constructor(readonly message: MessageOf<typeof ReserveStock>) {
    super();
  }
}

/** What has become of an order. */
interface Decision {
  readonly state: ReservationState;
  readonly shortages: Shortage[] | null;
}

/** An order that asks for stock. */
interface Wish {
  readonly id: string;
  readonly orderId: string;
  readonly lines: readonly WantedLine[];
  readonly inContext: Gathered<unknown>['inContext'];
}
type Reserving = Unit<typeof catalogService>;

/**
 * Orders that wait for each other share a commit, so a hot product is locked once for many; orders of other products do not
 * wait for it.
 */
const LIMITS = { goes: 2, size: 50 };

@CommandHandler(ReserveOrderStock)
export class ReserveStockHandler implements ICommandHandler<ReserveOrderStock> {
  readonly #gathering = new Gathering<MessageOf<typeof ReserveStock>>((all) => this.#once(all), {
    ...LIMITS,
    keysOf: ({ data }) => data.items.map(({ productId }) => productId.toLowerCase()),
  });

  constructor(
    private readonly units: UnitOfWork<typeof catalogService>,
    private readonly products: ProductCache,
  ) {}

  execute({ message }: ReserveOrderStock): Promise<void> {
    return this.#gathering.do(message);
  }

  async #once(all: readonly Gathered<MessageOf<typeof ReserveStock>>[]): Promise<void> {
    const wishes = all.map(({ input: { id, data }, inContext }): Wish => {
      return { id, orderId: data.orderId.toLowerCase(), lines: mergeLines(data.items), inContext };
    });
    await this.units.onceEach(
      wishes,
      (tx) => look(tx, wishes),
      (unit, fresh, found) => reserve(unit, fresh, found),
    );
    // A message that comes again may be that of a replica which died before it forgot: it costs little to do it twice.
    await this.products.changed(productsOf(wishes));
  }
}

const productsOf = (wishes: readonly Wish[]): string[] => [
  ...new Set(wishes.flatMap(({ lines }) => lines.map(({ productId }) => productId))),
];

/** What is there for wishes: which orders are new, and what lies on the shelf, locked. */
interface Found {
  readonly claims: readonly { readonly orderId: string }[];
  readonly shelf: readonly ShelfLine[];
}

/** Claims before it locks, as a release does. An order whose message was received before is known, and not claimed. */
async function look(tx: Tx, wishes: readonly Wish[]): Promise<Found> {
  const [claims, shelf] = await Promise.all([
    tx.query<{ orderId: string }>(CLAIM_ORDERS, [[...new Set(wishes.map(({ orderId }) => orderId))].toSorted()]),
    tx.query<ShelfLine>(LOCK_SHELF, [productsOf(wishes)]),
  ]);
  return { claims, shelf };
}

/** What is left goes to the orders in turn. */
async function reserve(unit: Reserving, wishes: readonly Wish[], { claims, shelf }: Found): Promise<void> {
  const claimed = new Set(claims.map(({ orderId }) => orderId));
  const known: Wish[] = [];
  const first: Wish[] = [];
  for (const wish of wishes) (claimed.delete(wish.orderId) ? first : known).push(wish);
  const decided = share(unit, first, shelf);
  // An order that another of its messages decided just now: the row will say so only once the unit has written it.
  for (const wish of known) answer(unit, wish, decided.get(wish.orderId) ?? (await decisionOf(unit.tx, wish.orderId)));
}

/** What became of the orders. */
function share(unit: Reserving, wishes: readonly Wish[], shelf: readonly ShelfLine[]): Map<string, Decision> {
  const decided = new Map<string, Decision>();
  const left = new Map(shelf.map(({ productId, available }) => [productId, available]));
  const reserved: Wish[] = [];
  const rejected: { readonly orderId: string; readonly shortages: Shortage[] }[] = [];
  for (const wish of wishes) {
    const { orderId, lines } = wish;
    const shortages = shortagesOf(
      lines,
      lines.map(({ productId }) => ({ productId, available: left.get(productId) ?? 0 })),
    );
    if (shortages.length > 0) {
      rejected.push({ orderId, shortages });
      decided.set(orderId, { state: 'rejected', shortages });
    } else {
      for (const { productId, quantity } of lines) left.set(productId, (left.get(productId) ?? 0) - quantity);
      reserved.push(wish);
      decided.set(orderId, { state: 'reserved', shortages: null });
    }
    answer(unit, wish, decided.get(orderId));
  }
  keep(unit, reserved);
  reject(unit, rejected);
  return decided;
}

function keep(unit: Reserving, reserved: readonly Wish[]): void {
  const lines = reserved.flatMap((wish) => wish.lines.map((line) => ({ ...line, orderId: wish.orderId })));
  if (lines.length === 0) return;
  unit.write(RESERVE_LINES, [
    lines.map(({ orderId }) => orderId),
    lines.map(({ productId }) => productId),
    lines.map(({ quantity }) => quantity),
  ]);
}

function reject(
  unit: Reserving,
  rejected: readonly { readonly orderId: string; readonly shortages: Shortage[] }[],
): void {
  if (rejected.length === 0) return;
  unit.write(REJECT_ORDERS, [
    rejected.map(({ orderId }) => orderId),
    rejected.map(({ shortages }) => JSON.stringify(shortages)),
  ]);
}

async function decisionOf(tx: Tx, orderId: string): Promise<Decision | undefined> {
  const [known] = await tx.query<Decision>(FIND_RESERVATION_STATE, [orderId]);
  return known;
}

/** The same order in another message: the same answer, no effect. A released order is over; nobody waits for one. */
function answer(unit: Reserving, wish: Wish, decision: Decision | undefined): void {
  if (decision?.state === 'rejected') sayRejected(unit, wish, decision.shortages ?? []);
  else if (decision?.state === 'reserved' || decision?.state === 'sold') sayReserved(unit, wish);
}

function sayReserved({ emit }: Reserving, { orderId, inContext }: Wish): void {
  inContext(() => emit(StockReserved, { orderId }, { key: orderId }));
}

function sayRejected({ emit }: Reserving, { orderId, inContext }: Wish, shortages: Shortage[]): void {
  inContext(() => emit(StockRejected, { orderId, shortages }, { key: orderId }));
}
