import type { MigrationInterface, QueryRunner } from '@lethe/database';
import { checkpointTable, dropCheckpointTable } from '@lethe/streaming/postgres';

/** How far the stream of clicks is counted, moved by the transactions that count (R23). */
export class CreateStreamCheckpoint1768000000015 implements MigrationInterface {
  readonly name = 'CreateStreamCheckpoint1768000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(checkpointTable());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(dropCheckpointTable());
  }
}
