import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../src/run-command.js';

const node = (program: string, options: { readonly input?: string } = {}): Promise<string> =>
  runCommand(process.execPath, ['--eval', program], { cwd: tmpdir(), ...options });

describe('a program that a step runs', () => {
  it('is given what it reads, and gives what it prints', async () => {
    expect(await node('process.stdin.pipe(process.stdout)', { input: 'a token' })).toBe('a token');
    expect(await node('process.stdout.write(String(process.stdin.read()))')).toBe('null');
  });

  it('that fails is told of with its last words, without colours', async () => {
    const program = `process.stderr.write('first\\n\\u001b[31mthe cause\\u001b[0m\\n\\n'); process.exitCode = 3`;

    await expect(node(program)).rejects.toThrow(/ ended with 3: the cause$/);
  });

  it('that does not read what it is given ends as it says, not as a broken pipe', async () => {
    expect(await node('', { input: 'x'.repeat(1 << 20) })).toBe('');
  });
});
