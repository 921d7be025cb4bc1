import { text } from 'node:stream/consumers';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startCannedServer } from './canned-server.js';

describe('a canned server', () => {
  it('answers each whole request of a connection once, however the requests are cut', async () => {
    const server = await startCannedServer({ ok: true });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setNoDelay(true);
    const post = 'POST / HTTP/1.1\r\ncontent-length: 8\r\n\r\n{"a":12}';
    const answers = text(socket);

    socket.write(post.slice(0, 20));
    socket.end(`${post.slice(20)}GET / HTTP/1.1\r\n\r\n${post.slice(0, -1)}`);

    expect((await answers).match(/HTTP\/1\.1 200 OK\r\n.*?\{"ok":true\}/gs)).toHaveLength(2);
    server.close();
  });
});
