import { type ClientRequest, type IncomingMessage } from 'node:http';

/** How long the rest of a body is read off after an early answer, so that the client gets to read that answer, in ms. */
const LINGER_MS = 5_000;

/**
 * Streams the body of a request to its target, no faster than the target reads; answers how to stop.
 *
 * Each chunk is written only after the poll phase it came in: an early answer of the target (such as 413) that has
 * arrived by then is read first. Written at once, a chunk would meet the connection that the target closed behind its
 * answer, and the failed write would take the answer with it.
 */
export function pumpBody(request: IncomingMessage, upstream: ClientRequest): () => void {
  const resume = () => request.resume();
  // `end` may come while the last chunk still waits: pausing holds back chunks, not the end.
  let waiting = false;
  let ended = false;
  const end = () => {
    ended = true;
    if (!waiting) upstream.end();
  };
  const forward = (chunk: Buffer) => {
    request.pause();
    waiting = true;
    setImmediate(() => {
      waiting = false;
      if (upstream.destroyed || upstream.write(chunk)) request.resume();
      else upstream.once('drain', resume);
      if (ended) upstream.end();
    });
  };
  request.on('data', forward);
  request.once('end', end);
  return () => {
    request.off('data', forward);
    request.off('end', end);
    upstream.off('drain', resume);
  };
}

/** Reads off what is left of a body that has no reader any more, for a while; then the connection is closed. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}
