import { type IncomingMessage } from 'node:http';

/** Fields of one connection, not of the message (RFC 9110 7.6.1); `expect` is answered by this hop. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Fields by which a client could speak of another origin than its own; replaced, never believed (S50). */
const FORWARDING = new Set(['forwarded', 'x-real-ip', 'x-client-ip']);

type Field = readonly [name: string, value: string];

/** The fields of a message that the next hop may see, each line as it came; `connection` names further ones to drop. */
function endToEnd(message: IncomingMessage): Field[] {
  const nominated = new Set(
    (message.headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  const fields: Field[] = [];
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = message.rawHeaders.slice(i, i + 2);
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !nominated.has(lower)) fields.push([name, value]);
  }
  return fields;
}

/** Whether the request has a body, by its framing (RFC 9112 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

/** How the body is delimited on the next hop. A length of 0 is said: node would else announce chunks for these methods. */
function framingOf(request: IncomingMessage): Field[] {
  if (request.headers['transfer-encoding'] !== undefined) return [['transfer-encoding', 'chunked']];
  const length = request.headers['content-length'];
  if (length !== undefined) return [['content-length', length]];
  return ['POST', 'PUT', 'PATCH'].includes(request.method ?? '') ? [['content-length', '0']] : [];
}

/** The flat list of fields for the target: end-to-end fields, framing of our own, and where the request came from. */
export function requestHeaders(request: IncomingMessage): string[] {
  const kept = endToEnd(request).filter(([name]) => {
    const lower = name.toLowerCase();
    return !FORWARDING.has(lower) && !lower.startsWith('x-forwarded-') && lower !== 'content-length';
  });
  const framing = framingOf(request);
  const forwarded: Field[] = [
    ['x-forwarded-for', (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-host', request.headers.host ?? ''],
    ['connection', 'keep-alive'],
  ];
  return [...kept, ...framing, ...forwarded].flat();
}

/** The flat list of fields for the client; repeated ones, such as set-cookie, stay repeated. */
export function responseHeaders(response: IncomingMessage): string[] {
  return endToEnd(response).flat();
}
