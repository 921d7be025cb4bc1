import { statement } from '@lethe/database';

/** $1 the events of one transaction, as a JSON array */
export const APPEND_BATCH = statement('analytics.append-lake-batch', 'INSERT INTO lake_batch (events) VALUES ($1)');
