/** How the lake is kept. */
export interface LakeSettings {
  readonly bucket: string;
  /** The prefix under which others put files to be taken in. Left out: nobody does. */
  readonly arriving?: string;
  /** Events after which an export is large enough; more wait for the next. They are in memory at once. */
  readonly exportEvents: number;
  /** A file of fewer bytes is small. */
  readonly smallBytes: number;
  /** So many small files of a type and a day are made one. */
  readonly compactFrom: number;
  /** Milliseconds that the objects of replaced files stay, for those who read by an older manifest. */
  readonly keepReplacedMs: number;
  /** Milliseconds after which a job that has not ended is another's to do. */
  readonly leaseMs: number;
}

export const DEFAULT_LAKE_SETTINGS: Omit<LakeSettings, 'bucket'> = {
  exportEvents: 100_000,
  // Redshift and Spark read files of tens of megabytes best.
  smallBytes: 32 * 1024 * 1024,
  compactFrom: 8,
  keepReplacedMs: 15 * 60_000,
  leaseMs: 120_000,
};
