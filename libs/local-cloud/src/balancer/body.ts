import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { systemErrorCode } from '../system-error.js';

/** How long the rest of a body is read off after an early answer, so that the client gets to read that answer, in ms. */
const LINGER_MS = 5_000;

const tolerant = new WeakSet<Socket>();

/**
 * Lets a socket go on reading after its peer has closed while we still write. A target that refuses a body early (413)
 * answers and closes; a chunk that meets the closed connection would destroy the socket together with the answer that
 * lies in it unread. Such a write counts as done instead, and the read side says how the connection ended.
 */
export function readOnAfterFailedWrite(socket: Socket): void {
  if (tolerant.has(socket)) return;
  tolerant.add(socket);
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);
  type Done = (error?: Error | null) => void;
  const unlessClosed =
    (done: Done): Done =>
    (error) =>
      done(['EPIPE', 'ECONNRESET'].includes(systemErrorCode(error) ?? '') ? null : error);
  socket._write = (chunk, encoding, done) => write(chunk, encoding, unlessClosed(done));
  if (writev !== undefined) socket._writev = (chunks, done) => writev(chunks, unlessClosed(done));
}

/** Reads off what is left of a body that has no reader any more, for a while; then the connection is closed. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}
