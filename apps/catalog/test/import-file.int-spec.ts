import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CatalogFileError, UploadBrokenError, UploadStoreError } from '../src/catalog.errors.js';
import { ImportFiles, PARTS_AT_ONCE, PART_BYTES } from '../src/imports/import-file.js';
import { CatalogFixture } from './catalog.fixture.js';

let catalog: CatalogFixture;
let files: ImportFiles;

beforeAll(async () => {
  catalog = await CatalogFixture.create();
  files = new ImportFiles(catalog.clients.s3, catalog.bucket);
});
afterAll(() => catalog.close());

const callsOf = (operation: string): number => catalog.clients.calls.snapshot()[`s3.${operation}`]?.operations ?? 0;

async function* blocks(count: number, onBlock: (at: number) => void): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(1_048_576, 'x');
  for (let at = 0; at < count; at += 1) {
    await Promise.resolve();
    onBlock(at);
    yield block;
  }
}

describe('ImportFiles', () => {
  it('R11: takes no more of a stream than the parts that are under way can hold', async () => {
    let ahead = 0;
    const count = (): number => callsOf('UploadPart') * PART_BYTES;

    const bytes = await files.write(
      'long.csv',
      blocks(64, (at) => {
        ahead = Math.max(ahead, at * 1_048_576 - count());
      }),
    );

    expect(bytes).toBe(64 * 1_048_576);
    expect(callsOf('UploadPart')).toBe(8);
    // Each part under way, and one that is being filled.
    expect(ahead).toBeLessThanOrEqual((PARTS_AT_ONCE + 1) * PART_BYTES);
  });

  it('keeps nothing of a stream that breaks', async () => {
    const broken = files.write(
      'broken.csv',
      blocks(64, (at) => {
        if (at === 20) throw new Error('aborted');
      }),
    );

    await expect(broken).rejects.toThrow(UploadBrokenError);
    expect(callsOf('AbortMultipartUpload')).toBe(1);
    await expect(files.read('broken.csv', 0, 1)).rejects.toThrow(CatalogFileError);
  });

  it('tells a store that refuses from a client that goes', async () => {
    const elsewhere = new ImportFiles(catalog.clients.s3, 'no-such-bucket');

    await expect(
      elsewhere.write(
        'a.csv',
        blocks(1, () => undefined),
      ),
    ).rejects.toThrow(UploadStoreError);
  });

  it('reads from any byte, and removes what may be gone already', async () => {
    await files.write(
      'short.csv',
      (async function* () {
        await Promise.resolve();
        yield Buffer.from('0123456789');
      })(),
    );

    expect((await files.read('short.csv', 3, 4)).toString()).toBe('3456');
    expect((await files.read('short.csv', 8, 100)).toString()).toBe('89');
    await files.remove('short.csv');
    await files.remove('short.csv');
    await expect(files.read('short.csv', 0, 1)).rejects.toThrow('The uploaded file is gone.');
  });
});
