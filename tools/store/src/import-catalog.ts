import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { type Import, type ImportFormat, importSchema } from '@lethe/contracts';
import type { StoreClient } from './client.js';

export interface ImportProgress {
  readonly phase: 'uploading' | 'importing';
  /** Bytes sent so far, or lines read so far. */
  readonly done: number;
}

/** A catalogue file as it goes over the wire, unzipped where its name ends in `.gz`. */
export function openCatalogFile(path: string): Readable {
  const file = createReadStream(path);
  if (!path.endsWith('.gz')) return file;
  const unzipped = createGunzip();
  file.on('error', (error) => unzipped.destroy(error));
  return file.pipe(unzipped);
}

/**
 * Uploads a catalogue as a signed-in admin and follows the import to its end.
 * Returns it whether it completed or failed; throws what the client throws.
 */
export async function importCatalog(
  client: StoreClient,
  source: Readable,
  format: ImportFormat,
  onProgress: (progress: ImportProgress) => void = () => undefined,
): Promise<Import> {
  let sent = 0;
  const counted = source.map((chunk: Buffer | string) => {
    const bytes = Buffer.from(chunk);
    sent += bytes.length;
    onProgress({ phase: 'uploading', done: sent });
    return bytes;
  });
  const accepted = await client.post(`/catalog/imports?format=${format}`, importSchema, {
    stream: { body: Readable.toWeb(counted) as ReadableStream<Uint8Array>, contentType: 'text/csv' },
  });
  for (;;) {
    const state = await client.get(`/catalog/imports/${accepted.id}`, importSchema);
    onProgress({ phase: 'importing', done: state.rows });
    if (state.status === 'completed' || state.status === 'failed') return state;
    await delay(250);
  }
}
