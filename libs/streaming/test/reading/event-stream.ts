import { crc32 } from 'node:zlib';

/**
 * A message of `application/vnd.amazon.eventstream`: lengths, their CRC, headers, payload, CRC of all.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function eventMessage(headers: Readonly<Record<string, string>>, payload: object): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const message = Buffer.alloc(12 + head.length + body.length + 4);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  head.copy(message, 12);
  body.copy(message, 12 + head.length);
  message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
  return message;
}

const STRING = 7;

function header(name: string, value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([
    Buffer.from([Buffer.byteLength(name)]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    bytes,
  ]);
}

export const event = (type: string, payload: object): Buffer =>
  eventMessage(
    { ':message-type': 'event', ':event-type': type, ':content-type': 'application/x-amz-json-1.1' },
    payload,
  );

export const exception = (type: string, payload: object): Buffer =>
  eventMessage(
    { ':message-type': 'exception', ':exception-type': type, ':content-type': 'application/x-amz-json-1.1' },
    payload,
  );
