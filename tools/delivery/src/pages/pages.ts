import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { DeliveryError } from '../delivery.errors.js';

/** A file of the web as its bucket has it. */
export interface Page {
  /** The path below the origin, without the slash at its beginning. */
  readonly key: string;
  readonly file: string;
  readonly contentType: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * Names of pages do not change with what is in them. So a browser asks each time whether its copy is still good, and CloudFront
 * answers, which keeps them (`s-maxage`, RFC 9111, seconds) until it is told that they have changed. A day at most, because
 * other caches that many share are told by nobody.
 */
export const CACHE_CONTROL = 'public, max-age=0, must-revalidate, s-maxage=86400';

/** Where the pages are in a checkout. */
const FOLDER = join('apps', 'web', 'public');

/**
 * The pages of a checkout, in the order in which they go up: what names others comes last, so that nobody is sent to what is not
 * there. Throws a {@link DeliveryError} for a file of which nobody knows how to hand it out.
 */
export function pagesOf(root: string): Page[] {
  const folder = join(root, FOLDER);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const pages = files.map(({ parentPath, name }) => pageOf(join(parentPath, name), folder));
  return pages.sort((one, other) => isDocument(one) - isDocument(other) || (one.key < other.key ? -1 : 1));
}

function pageOf(file: string, folder: string): Page {
  const key = relative(folder, file).split(sep).join('/');
  const contentType = TYPES[extname(file)];
  if (contentType === undefined) throw new DeliveryError(`${FOLDER}/${key}: nobody has said of what type that is`);
  return { key, file, contentType };
}

const isDocument = ({ key }: Page): number => Number(key.endsWith('.html'));

/** A hash of everything that is handed out, and of who does it: the same one means that there is nothing to do. */
export function hashOf(pages: readonly Page[], distribution: string): string {
  const hash = createHash('sha256').update(`${distribution}\n${CACHE_CONTROL}\n`);
  for (const { key, file, contentType } of pages) {
    const content = createHash('sha256').update(readFileSync(file)).digest('hex');
    hash.update(`${key}\n${contentType}\n${content}\n`);
  }
  return hash.digest('hex');
}
