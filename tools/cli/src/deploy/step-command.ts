/** A program that a step runs, at the top of the checkout. */
export interface StepCommand {
  /** `node` is the one that runs this. */
  readonly program: 'node' | 'git';
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Below the top of the checkout. */
  readonly cwd?: string;
}

/** What a shell does not take for more than a word. */
const PLAIN = /^[\w@%+=:,./-]+$/;

const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** The command as a person would type it, at the top of the checkout. */
export function lineOf({ program, args, env = {}, cwd }: StepCommand): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const line = [...variables, program, ...args.map(quoted)].join(' ');
  return cwd === undefined ? line : `(cd ${quoted(cwd)} && ${line})`;
}
