import { MalformedRequestError, PreconditionFailedError, PreconditionRequiredError } from '../catalog.errors.js';

/** What the entity tag of a product is made of: its descriptive version and that of its stock, since it shows both. */
export interface ProductVersions {
  readonly version: number;
  readonly stockVersion: number;
}

/** The strong entity tag of a product, `"<version>.<stockVersion>"` (RFC 9110 8.8.3). */
export function entityTagOf({ version, stockVersion }: ProductVersions): string {
  return `"${version}.${stockVersion}"`;
}

interface TagCondition {
  readonly any: boolean;
  readonly tags: readonly { readonly weak: boolean; readonly opaque: string }[];
}

const LIST_MEMBER = /\s*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)/y;

/** Reads `If-Match` or `If-None-Match` (RFC 9110 13.1). Throws a {@link MalformedRequestError}. */
function readTags(header: string, name: string): TagCondition {
  if (header.trim() === '*') return { any: true, tags: [] };
  const tags: { weak: boolean; opaque: string }[] = [];
  LIST_MEMBER.lastIndex = 0;
  for (let at = 0; at < header.length; at = LIST_MEMBER.lastIndex) {
    const match = LIST_MEMBER.exec(header);
    if (!match) throw new MalformedRequestError(`#header/${name}`, 'must be * or a list of entity tags');
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? '' });
  }
  if (tags.length === 0) throw new MalformedRequestError(`#header/${name}`, 'must be * or a list of entity tags');
  return { any: false, tags };
}

/** Whether a reader already has this representation: weak comparison (RFC 9110 13.1.2). A broken header is no match. */
export function isNotModified(ifNoneMatch: string | undefined, versions: ProductVersions): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch.trim() === '') return false;
  const { any, tags } = readTags(ifNoneMatch, 'if-none-match');
  const own = entityTagOf(versions);
  return any || tags.some(({ opaque }) => `"${opaque}"` === own);
}

/**
 * The descriptive versions that a PATCH or DELETE may overwrite, undefined for any (`*`). Such a write replaces the
 * description alone, so only the first half of the tag counts: a sale in between is no conflict. Weak tags never match
 * (RFC 9110 13.1.1). Throws a {@link PreconditionRequiredError} without a header, a {@link MalformedRequestError}.
 */
export function requiredVersions(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '') throw new PreconditionRequiredError();
  const { any, tags } = readTags(ifMatch, 'if-match');
  if (any) return undefined;
  return tags.flatMap((tag) => {
    const match = tag.weak ? null : /^(\d{1,9})\.\d{1,15}$/.exec(tag.opaque);
    return match ? [Number(match[1])] : [];
  });
}

/**
 * The whole tags under which a change of stock may happen, undefined where the caller does not care. A delta commutes
 * with every other, so the header is optional here. Throws a {@link MalformedRequestError}.
 */
export function permittedTags(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '') return undefined;
  const { any, tags } = readTags(ifMatch, 'if-match');
  return any ? undefined : tags.filter(({ weak }) => !weak).map(({ opaque }) => `"${opaque}"`);
}

/** Throws a {@link PreconditionFailedError} unless the product carries one of the permitted tags. */
export function requireTag(permitted: readonly string[] | undefined, versions: ProductVersions): void {
  if (permitted !== undefined && !permitted.includes(entityTagOf(versions))) throw new PreconditionFailedError();
}
