import type { ImportFormat } from '@lethe/contracts';
import { statement } from '@lethe/database';
import type { Columns } from './format/catalog-format.js';
import type { ImportPhase } from './import.entity.js';

/** $1 id, $2 format, $3 key of the object, $4 its bytes, $5 id of the user */
export const ADD_IMPORT = statement(
  'catalog.add-import',
  'INSERT INTO catalog_import (id, format, object_key, object_bytes, created_by) VALUES ($1, $2, $3, $4, $5)',
);

/** What a run must know to go on. */
export interface Checkpoint {
  readonly id: string;
  readonly format: ImportFormat;
  readonly objectKey: string;
  readonly objectBytes: number;
  readonly phase: ImportPhase;
  readonly byteOffset: number;
  readonly nextLine: number;
  readonly columns: Columns | null;
  readonly carry: unknown;
  readonly appliedSku: string;
}

const CHECKPOINT = `
  id, format, object_key AS "objectKey", object_bytes AS "objectBytes", phase, byte_offset AS "byteOffset",
  next_line AS "nextLine", columns, carry, applied_sku AS "appliedSku"`;

/** No row where another run is at work, or the import is done or unknown. $1 id, $2 run, $3 seconds */
export const TAKE_IMPORT = statement(
  'catalog.take-import',
  `UPDATE catalog_import
   SET runner = $2, runner_until = now() + make_interval(secs => $3),
       status = CASE WHEN status = 'pending' THEN 'running' ELSE status END
   WHERE id = $1 AND phase <> 'done' AND (runner IS NULL OR runner_until < now())
   RETURNING ${CHECKPOINT}`,
);

/** Who has an import, and for how many seconds more. $1 id */
export const FIND_RUNNER = statement(
  'catalog.find-runner',
  `SELECT phase, greatest(0, ceil(extract(epoch FROM runner_until - now())))::int AS "secondsLeft"
   FROM catalog_import WHERE id = $1`,
);

/**
 * The fence of every transaction of a run (R28): no row where the import is another's by now. The row stays locked to
 * the commit, so nobody takes the import over in between. $1 id, $2 run, $3 seconds
 */
export const HOLD_IMPORT = statement(
  'catalog.hold-import',
  `UPDATE catalog_import SET runner_until = now() + make_interval(secs => $3)
   WHERE id = $1 AND runner = $2
   RETURNING ${CHECKPOINT}`,
);

/** $1 id, $2 run */
export const LEAVE_IMPORT = statement(
  'catalog.leave-import',
  'UPDATE catalog_import SET runner = NULL, runner_until = NULL WHERE id = $1 AND runner = $2',
);

/** $1 id, $2 byte offset, $3 next line, $4 columns, $5 carry, $6 lines read, $7 phase */
export const ADVANCE_READING = statement(
  'catalog.advance-reading',
  `UPDATE catalog_import
   SET byte_offset = $2, next_line = $3, columns = $4::jsonb, carry = $5::jsonb, rows = rows + $6, phase = $7
   WHERE id = $1 RETURNING ${CHECKPOINT}`,
);

/** $1 id, $2 the last SKU written, $3 how many products */
export const ADVANCE_APPLYING = statement(
  'catalog.advance-applying',
  `UPDATE catalog_import SET applied_sku = $2, imported = imported + $3 WHERE id = $1 RETURNING ${CHECKPOINT}`,
);

/** $1 id, $2 status, $3 failure or null */
export const FINISH_IMPORT = statement(
  'catalog.finish-import',
  `UPDATE catalog_import SET status = $2, failure = $3, phase = 'cleaning', finished_at = now()
   WHERE id = $1 RETURNING ${CHECKPOINT}`,
);

/** $1 id */
export const CLOSE_IMPORT = statement(
  'catalog.close-import',
  `UPDATE catalog_import SET phase = 'done', runner = NULL, runner_until = NULL WHERE id = $1`,
);

/** Counts every rejection and keeps the first of them, up to $4. $1 id, $2 lines in ascending order, $3 reasons */
export const REJECT_LINES = statement(
  'catalog.reject-lines',
  `WITH given AS (
     SELECT * FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS given (line, reason, at)
   ), kept AS (
     INSERT INTO import_rejection (import_id, line, reason)
     SELECT $1, line, reason FROM given
     WHERE at <= $4::int - (SELECT rejected_count FROM catalog_import WHERE id = $1)
   )
   UPDATE catalog_import SET rejected_count = rejected_count + cardinality($2) WHERE id = $1`,
);
