import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { DeliveryError } from './delivery.errors.js';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads. */
  readonly input?: string;
  /** Shown as it is printed, where progress is, instead of being given back. */
  readonly shown?: boolean;
}

/** Runs a program, without a shell, and gives what it printed. */
export type RunCommand = (command: string, args: readonly string[], options: CommandOptions) => Promise<string>;

/** Where progress goes. */
const STDERR = 2;
/** Of the last line that a program complains with, characters that are repeated. */
const COMPLAINT = 500;

/** Throws a {@link DeliveryError} with its last line where the program ends with anything but success. */
export const runCommand: RunCommand = async (command, args, { cwd, env = {}, input, shown = false }) => {
  const child = spawn(command, [...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', shown ? STDERR : 'pipe', 'pipe'],
  });
  let complained = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    process.stderr.write(chunk);
    complained = (complained + chunk).slice(-2 * COMPLAINT);
  });
  // A program may end without having read all that it was given: how it ended says more.
  let unread: Error | undefined;
  child.stdin?.on('error', (error) => (unread = error)).end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [printed, code] = await Promise.all([child.stdout === null ? '' : text(child.stdout), ended]);
  if (code === 0) return printed;
  const what = `${command} ${args.join(' ')} ended with ${code ?? 'a signal'}${lastOf(complained)}`;
  throw new DeliveryError(what, { cause: unread });
};

/** What it said last, without colours. */
function lastOf(complained: string): string {
  const lines = stripVTControlCharacters(complained)
    .split('\n')
    .map((line) => line.trim());
  const line = lines.findLast((one) => one !== '');
  return line === undefined ? '' : `: ${line.slice(0, COMPLAINT)}`;
}
