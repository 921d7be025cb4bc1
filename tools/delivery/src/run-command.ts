import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { DeliveryError } from './delivery.errors.js';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Shown as it is printed, instead of being given back. */
  readonly shown?: boolean;
}

/** Runs a program, without a shell, and gives what it printed. */
export type RunCommand = (command: string, args: readonly string[], options: CommandOptions) => Promise<string>;

/** Throws a {@link DeliveryError} where the program ends with anything but success. */
export const runCommand: RunCommand = async (command, args, { cwd, env = {}, shown = false }) => {
  const child = spawn(command, [...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', shown ? 'inherit' : 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [printed, code] = await Promise.all([child.stdout === null ? '' : text(child.stdout), ended]);
  if (code !== 0) throw new DeliveryError(`${command} ${args.join(' ')} ended with ${code ?? 'a signal'}`);
  return printed;
};
