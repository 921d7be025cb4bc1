import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * The 49,233 passwords most often found in breaches, as zxcvbn has them (S24). The few of at least 15 characters are
 * refused themselves; the rest are what longer predictable passwords are put together from.
 */
const COMMON: ReadonlySet<string> = new Set(dictionary['passwords-common']);
/** Shorter words are no better known than their letters. */
const LEAST_WORD = 3;
const LONGEST_WORD = 64;
const YEAR = /^(?:19|20)\d\d$/;

const ROWS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
];
const RUNS = [...ROWS, ...ROWS.map((row) => Array.from(row).toReversed().join('')), '1qaz2wsx3edc4rfv5tgb6yhn7ujm'];

const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/**
 * Of how many different parts that someone who guesses would try a text consists: common passwords and words of the
 * context (all lower case), runs of keys or letters, repetitions; any other character is a part of its own. Capitals,
 * lookalikes ("p4ssw0rd") and what stands between words do not count.
 */
export function partsOf(text: string, context: ReadonlySet<string>): number {
  const plain = bare(text);
  const unfolded = coverOf(unitOf(plain), context);
  const folded = coverOf(unitOf(plain.replace(/[0-9@$!]/g, (sign) => LOOKALIKES[sign] ?? sign)), context);
  return Math.min(unfolded, folded);
}

/** The text without what does not count: capitals, and what stands between words. */
export function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s._\-,;:/|+*#'"]+/gu, '');
}

/** The shortest text that, said again and again, gives this one. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

/** The least number of parts that cover the text; a part that comes again counts once. */
function coverOf(text: string, context: ReadonlySet<string>): number {
  const best: Set<string>[] = [new Set()];
  for (let end = 1; end <= text.length; end += 1) {
    let fewest: Set<string> | undefined;
    for (let start = Math.max(0, end - LONGEST_WORD); start < end; start += 1) {
      const part = text.slice(start, end);
      if (part.length > 1 && !isKnown(part, context)) continue;
      const before = best[start] ?? new Set<string>();
      if (fewest && before.size + (before.has(part) ? 0 : 1) >= fewest.size) continue;
      fewest = new Set(before).add(part);
    }
    best.push(fewest ?? new Set());
  }
  return best[text.length]?.size ?? 0;
}

function isKnown(part: string, context: ReadonlySet<string>): boolean {
  if (part.length < LEAST_WORD) return false;
  if (COMMON.has(part) || context.has(part)) return true;
  return YEAR.test(part) || part === part.charAt(0).repeat(part.length) || RUNS.some((run) => run.includes(part));
}
