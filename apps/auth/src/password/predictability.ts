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

/** What a part adds for whoever guesses: runs and words of the context nothing, a common password as much as two signs. */
const [COMMON_WEIGHT, SIGN_WEIGHT] = [2, 1];

/**
 * How much there is to guess in a text put together of common passwords, words of the context (all lower case), runs of
 * keys or letters, repetitions, and any other signs one by one; the same again adds nothing. Capitals, lookalikes
 * ("p4ssw0rd") and what stands between words do not count.
 */
export function weightOf(text: string, context: ReadonlySet<string>): number {
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

/** The least weight of parts that cover the text; a part that comes again counts once. */
function coverOf(text: string, context: ReadonlySet<string>): number {
  const best: Cover[] = [{ parts: new Set(), weight: 0 }];
  for (let end = 1; end <= text.length; end += 1) {
    let least = { before: best[0], part: text.slice(0, end), weight: Number.POSITIVE_INFINITY };
    for (let start = Math.max(0, end - LONGEST_WORD); start < end; start += 1) {
      const part = text.slice(start, end);
      const weight = weightOfPart(part, context);
      const before = best[start];
      if (weight === undefined || !before) continue;
      const whole = before.weight + (before.parts.has(part) ? 0 : weight);
      if (whole < least.weight) least = { before, part, weight: whole };
    }
    best.push({ parts: new Set(least.before?.parts).add(least.part), weight: least.weight });
  }
  return best[text.length]?.weight ?? 0;
}

interface Cover {
  readonly parts: ReadonlySet<string>;
  readonly weight: number;
}

/** Undefined for what is no part: several signs that nobody would try together. */
function weightOfPart(part: string, context: ReadonlySet<string>): number | undefined {
  if (part.length < LEAST_WORD) return part.length === 1 ? SIGN_WEIGHT : undefined;
  if (context.has(part) || isRun(part)) return 0;
  return COMMON.has(part) ? COMMON_WEIGHT : undefined;
}

function isRun(part: string): boolean {
  return YEAR.test(part) || part === part.charAt(0).repeat(part.length) || RUNS.some((run) => run.includes(part));
}
