/** As long as a product's name, description and category may be. */
const MAX_NAME_LENGTH = 300;
const MAX_DESCRIPTION_LENGTH = 10_000;
const MAX_CATEGORY_LENGTH = 100;

/** Why a text cannot be stored, or undefined: Postgres knows no character NUL. */
export function storableFault(text: string): string | undefined {
  return text.includes('\0') ? 'contains the character NUL' : undefined;
}

function cut(text: string, length: number): string {
  const kept = text.slice(0, length);
  // Half of a surrogate pair is no character.
  return (/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept).trim();
}

/** The text, cut to the length of a name. */
export function storableName(text: string): string {
  return cut(text.trim(), MAX_NAME_LENGTH);
}

/** The text, cut to the length of a category. */
export function storableCategory(text: string): string {
  return cut(text.trim(), MAX_CATEGORY_LENGTH);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&amp;': '&',
};

/** What HTML says, without its tags: a description is text, and nobody need trust the markup of a file. */
export function textOfHtml(html: string): string {
  const text = html
    .replaceAll(/<(script|style)\b[^<]*<\/\1\s*>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/&(?:nbsp|lt|gt|quot|#39|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/\s+/g, ' ');
  return cut(text.trim(), MAX_DESCRIPTION_LENGTH);
}
