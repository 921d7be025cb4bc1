import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** TypeORM's query runner on a connection that somebody else began a transaction on, and will end and release. */
export class BorrowedQueryRunner extends PostgresQueryRunner {
  constructor(dataSource: DataSource, client: PoolClient) {
    super(dataSource.driver as PostgresDriver, 'master');
    this.databaseConnection = client;
    this.manager = dataSource.createEntityManager(this);
    // Depth 1: `manager.transaction()` inside becomes a savepoint.
    this.isTransactionActive = true;
    this.transactionDepth = 1;
  }

  override release(): Promise<void> {
    return Promise.resolve();
  }

  /** From now on every use is refused. */
  retire(): void {
    this.isReleased = true;
  }
}
