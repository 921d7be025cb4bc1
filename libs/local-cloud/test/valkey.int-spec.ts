import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { describeWithValkey } from '../src/cloud/describe-with-valkey.js';
import { startTestValkey } from '../src/cloud/test-valkey.js';

/** Sends one inline command; answers with what comes back. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString().trim();
}

describeWithValkey('Valkey of the local cloud', (url) => {
  it('serves where VALKEY_URL says', async () => {
    expect(await ask(Number(new URL(url).port), 'PING')).toBe('+PONG');
  });

  it('gives a spec a server of its own, which comes back empty on the same port', async () => {
    const server = await startTestValkey(['--maxmemory', '7mb']);
    try {
      expect(await ask(server.port, 'SET key value')).toBe('+OK');
      expect(await ask(server.port, 'CONFIG GET maxmemory')).toContain('7340032');
      await server.restart();
      expect(await ask(server.port, 'GET key')).toBe('$-1');
    } finally {
      await server.stop();
    }
    await expect(ask(server.port, 'PING')).rejects.toThrow('ECONNREFUSED');
  });
});
