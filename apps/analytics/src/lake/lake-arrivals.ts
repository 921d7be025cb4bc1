import type { Database } from '@lethe/database';
import { uuidv7 } from '@lethe/kernel';
import type { LakeFile, LakeObjects } from '@lethe/warehouse/lake';
import type { LakeSettings } from './lake-settings.js';
import { ASSIGN_ARRIVED, FIND_NEW } from './lake.sql.js';

/** `type=…/day=…/` of the lake's layout. */
const FOLDER = /type=([a-z-]+)\/day=(\d{4}-\d{2}-\d{2})\/[^/]+\.parquet$/;

/**
 * Files that others put into the lake's bucket, such as Firehose: rewritten by a job as small files are, and gone when that
 * is done. What is in two of them, since they may be told twice, the warehouse counts once by its id.
 */
export class LakeArrivals {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly objects: LakeObjects,
    private readonly settings: Pick<LakeSettings, 'arriving' | 'smallBytes'>,
  ) {}

  /** Gives what has arrived to a job, as much as one holds in memory; the keys, none where nothing has. */
  async assign(): Promise<readonly unknown[]> {
    const { arriving } = this.settings;
    if (arriving === undefined) return [];
    const files = (await this.objects.list(arriving)).flatMap((file) => {
      const [, type, day] = FOLDER.exec(file.key) ?? [];
      return type === undefined || day === undefined ? [] : [{ ...file, type, day }];
    });
    const found = await this.database.query<LakeFile>(FIND_NEW, [files.map(({ key }) => key)]);
    const fresh = new Set(found.map(({ key }) => key));
    let bytes = 0;
    // At least one, however large it is.
    const taken = files.filter(
      (file) => fresh.has(file.key) && (bytes += file.bytes) - file.bytes < this.settings.smallBytes,
    );
    if (taken.length === 0) return [];
    return this.database.query(ASSIGN_ARRIVED, [
      uuidv7(),
      taken.map(({ key }) => key),
      taken.map(({ type }) => type),
      taken.map(({ day }) => day),
      taken.map((file) => file.bytes),
    ]);
  }
}
