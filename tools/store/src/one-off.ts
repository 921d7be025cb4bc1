import { spawn } from 'node:child_process';
import { StoreStartError } from './store.errors.js';

/** Runs a step that ends by itself, as a one-off ECS task does. Throws a {@link StoreStartError} with what it printed. */
export async function runOneOff(name: string, entry: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [entry], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-8_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  const outcome = await promise;
  if (outcome !== 0) throw new StoreStartError(`${name} ended with ${outcome}:\n${printed.trim()}`);
}
