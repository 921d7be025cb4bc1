import { LAKE_ARRIVING } from '@lethe/contracts';

/** What lies in the lake's bucket beside `type=…/day=…/` and `manifest.json`, which analytics keeps. */
export const LAKE_FOLDERS = {
  /** What Firehose delivers, in the lake's own layout, until analytics takes it in. */
  arriving: LAKE_ARRIVING,
  /** What Firehose could not convert. */
  failed: 'failed/',
  /** The program and the statements of Spark, put by whoever deploys. */
  spark: 'spark/',
  /** The tables that Spark makes. */
  models: 'models/',
} as const;
