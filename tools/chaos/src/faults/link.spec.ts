import { once } from 'node:events';
import { type AddressInfo, type Server, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Link, reset } from './link.js';

describe('Link', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
  });

  async function lineToEcho(): Promise<Link> {
    const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(async () => {
      server.close();
      await once(server, 'close');
    });
    const link = await Link.to((server.address() as AddressInfo).port);
    closing.push(() => link.close());
    return link;
  }

  it('carries bytes both ways, whatever their number', async () => {
    const link = await lineToEcho();
    const socket = connect(link.port, '127.0.0.1');
    const sent = Buffer.alloc(3_000_000, 'lethe');

    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.end(sent);
    await once(socket, 'close');

    expect(Buffer.concat(received).equals(sent)).toBe(true);
  });

  it('delays what it carries in each direction, in order', async () => {
    const link = await lineToEcho();
    const socket = connect(link.port, '127.0.0.1');
    await once(socket, 'connect');
    link.slow(40);
    const since = performance.now();

    socket.write('a');
    const [answer] = (await once(socket, 'data')) as [Buffer];

    expect(answer.toString()).toBe('a');
    expect(performance.now() - since).toBeGreaterThanOrEqual(79);
    socket.destroy();
  });

  it('breaks every connection, and carries new ones', async () => {
    const link = await lineToEcho();
    const broken = connect(link.port, '127.0.0.1');
    await once(broken, 'connect');
    broken.write('x');
    await once(broken, 'data');

    const failed = once(broken, 'error');
    link.cut();
    const [error] = (await failed) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');

    const next = connect(link.port, '127.0.0.1');
    next.write('y');
    const [answer] = (await once(next, 'data')) as [Buffer];
    expect(answer.toString()).toBe('y');
    next.destroy();
  });

  it('closes also a connection that is about to end', async () => {
    const link = await lineToEcho();
    const socket = connect(link.port, '127.0.0.1').resume();
    await once(socket, 'connect');
    const closed = once(socket, 'close');

    socket.end('x');
    reset(socket);

    await closed;
    expect(socket.destroyed).toBe(true);
  });
});
