import { type RunReconciliation, type ordersService } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { UnitOfWork } from '@lethe/outbox';
import type { MessageOf } from '@lethe/topology';
import { Inject, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { COMPARISONS } from './compare.sql.js';
import { type Attempt, ProviderBooks } from './provider-books.js';
import { BEGIN, type BegunRow, COUNT, COUNT_STAGED, FINISH } from './reconciliation.sql.js';

/** Injects how old, in seconds, a payment must be to be compared: younger ones may be in flight. */
export const RECONCILIATION_GRACE = Symbol('orders.reconciliation-grace');

/** Carries a reconciliation out. */
export class PerformReconciliation extends Command<void> {
  constructor(
    readonly message: MessageOf<typeof RunReconciliation>,
    /** Aborted where another replica may take over. */
    readonly signal: AbortSignal,
  ) {
    super();
  }
}

/**
 * Copies what the provider says into the database, compares it there, and writes what differs, with the end of the run,
 * in one commit. Whoever dies before leaves rows of an attempt that nobody looks at; the message comes again, and the
 * next attempt begins anew. Of two attempts at once one writes (R29).
 */
@CommandHandler(PerformReconciliation)
export class PerformReconciliationHandler implements ICommandHandler<PerformReconciliation> {
  private readonly logger = new Logger('Reconciliation');

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork<typeof ordersService>,
    private readonly books: ProviderBooks,
    @Inject(RECONCILIATION_GRACE) private readonly graceSeconds: number,
  ) {}

  async execute({ message, signal }: PerformReconciliation): Promise<void> {
    const runId = message.data.reconciliationId;
    const [begun] = await this.database.query<BegunRow>(BEGIN, [runId, this.graceSeconds]);
    if (begun === undefined) return;
    const attempt = { runId, attempt: begun.attempt, from: begun.from_at, until: begun.until_at };
    await this.books.copy(attempt, signal);
    signal.throwIfAborted();
    const differences = await this.compare(message, attempt);
    if (differences === undefined) return;
    const period = `${attempt.from.toISOString()} to ${attempt.until.toISOString()}`;
    if (differences === 0) this.logger.log(`orders, payments and provider agree: ${period}`);
    else this.logger.error(`orders, payments and provider differ in ${differences} points: ${period}, run ${runId}`);
  }

  private compare(message: MessageOf<typeof RunReconciliation>, by: Attempt): Promise<number | undefined> {
    return this.units.once(message, async ({ tx }) => {
      const [mine] = await tx.query(FINISH, [by.runId, by.until]);
      if (mine === undefined) return undefined;
      const [rows] = await tx.query<{ staged: number }>(COUNT_STAGED, [by.runId, by.attempt]);
      for (const [from, until] of slicesOf(by, rows?.staged ?? 0))
        for (const comparison of COMPARISONS) await tx.query(comparison, [by.runId, by.attempt, from, until]);
      const [counted] = await tx.query<{ differences: number }>(COUNT, [by.runId, by.attempt]);
      return counted?.differences;
    });
  }
}

/** What one statement compares, about: its time is bounded, however much there is. */
const SLICE = 20_000;

/** The period in as many parts of the same length as there are slices; each thing to compare belongs to one moment of it. */
function slicesOf({ from, until }: Attempt, staged: number): (readonly [Date, Date])[] {
  const count = Math.max(1, Math.ceil(staged / SLICE));
  const at = (part: number): Date =>
    new Date(from.getTime() + Math.round(((until.getTime() - from.getTime()) * part) / count));
  return Array.from({ length: count }, (_, part) => [at(part), at(part + 1)] as const);
}
