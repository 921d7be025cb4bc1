import { ManifestError } from '../warehouse.errors.js';
import type { LakeObjects } from './lake-objects.js';

/** Where the manifest lies in the bucket. */
export const MANIFEST_KEY = 'manifest.json';

/** A file that counts. */
export interface LakeFile {
  readonly key: string;
  readonly bytes: number;
}

/** Where a file belongs: partitioned as Hive, Spark and Athena expect it. `day` as YYYY-MM-DD in UTC. */
export function lakeKey({
  type,
  day,
  id,
}: {
  readonly type: string;
  readonly day: string;
  readonly id: string;
}): string {
  return `type=${type}/day=${day}/${id}.parquet`;
}

/**
 * Writes which files count, as COPY … MANIFEST of Redshift reads it (Amazon Redshift, "Using a manifest to specify data
 * files": Parquet needs the content length). One object, replaced whole: readers see all of a change or nothing of it.
 */
export async function writeManifest(objects: LakeObjects, files: readonly LakeFile[]): Promise<void> {
  const entries = files
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, bytes }) => ({
      url: `s3://${objects.bucket}/${key}`,
      mandatory: true,
      meta: { content_length: bytes },
    }));
  await objects.put(MANIFEST_KEY, Buffer.from(`${JSON.stringify({ entries })}\n`), 'application/json');
}

/** The files that count. Throws a {@link ManifestError}, a `LakeObjectMissingError` where no manifest was written yet. */
export async function readManifest(objects: LakeObjects): Promise<LakeFile[]> {
  return parseManifest(Buffer.from(await objects.get(MANIFEST_KEY)).toString(), objects.bucket);
}

/** Throws a {@link ManifestError}, too for files of another bucket. */
export function parseManifest(text: string, bucket: string): LakeFile[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new ManifestError('the manifest is not JSON', { cause });
  }
  const entries = isRecord(document) ? document['entries'] : undefined;
  if (!Array.isArray(entries)) throw new ManifestError('the manifest has no entries');
  return entries.map((entry: unknown) => fileOf(entry, `s3://${bucket}/`));
}

function fileOf(entry: unknown, prefix: string): LakeFile {
  const { url, meta } = isRecord(entry) ? entry : {};
  const bytes = isRecord(meta) ? meta['content_length'] : undefined;
  if (typeof url !== 'string' || !url.startsWith(prefix) || typeof bytes !== 'number')
    throw new ManifestError(`an entry of the manifest is none: ${JSON.stringify(entry)}`);
  return { key: url.slice(prefix.length), bytes };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
