import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { StandInReply, StandInRequest } from './protocol.js';
import { StandInApi, type StandInInput } from './stand-in-api.js';

// Entry of a process that stands in for Kinesis where clients are measured. It ends with its parent.

const tell = (reply: StandInReply): void => void process.send?.(reply);
const api = new StandInApi(() => tell({ type: 'read' }));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = ''] = String(request.headers['x-amz-target']).split('.');
  const body = await text(request);
  try {
    const pieces = api.answer(name, JSON.parse(body) as StandInInput);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': length });
    response.cork();
    for (const piece of pieces) response.write(piece);
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.write(JSON.stringify({ __type: 'ResourceNotFoundException', message: String(error) }));
  }
  response.end();
}

process.on('message', (request: StandInRequest) => {
  if (request.type === 'watch') {
    api.watch();
    tell({ type: 'watching' });
  } else if (request.type === 'close') {
    api.close();
    tell({ type: 'closed' });
  } else {
    tell({ type: 'filled', userRecords: api.fill(request.stream, request) });
  }
});
process.once('disconnect', () => process.exit(0));

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 70_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ type: 'ready', port: (server.address() as AddressInfo).port });
