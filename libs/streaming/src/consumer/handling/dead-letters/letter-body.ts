import type { DeadLetter } from './dead-letters.js';

const MESSAGE_CHARACTERS = 4_000;

/** A dead letter as it is written down: JSON. */
export interface WrittenLetter extends Omit<DeadLetter, 'bytes' | 'arrivedAt' | 'error'> {
  readonly arrivedAt: string | null;
  readonly error: { readonly name: string; readonly message: string };
  /** The record in base64; null where it had no room, and is to be read from the stream. */
  readonly data: string | null;
  /** Bytes of the record. */
  readonly size: number;
}

/** The letter as JSON of at most so many bytes: without the record where it has no room. */
export function letterBody({ bytes, arrivedAt, error, ...about }: DeadLetter, maxBytes: number): string {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: String(error) };
  const written: WrittenLetter = {
    ...about,
    arrivedAt: arrivedAt?.toISOString() ?? null,
    error: { name, message: message.slice(0, MESSAGE_CHARACTERS) },
    data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    size: bytes.length,
  };
  const body = JSON.stringify(written);
  return Buffer.byteLength(body) <= maxBytes ? body : JSON.stringify({ ...written, data: null });
}
