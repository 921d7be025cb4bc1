const INITIAL_BYTES = 512;

/** Bytes of a whole number as a varint: seven bits in each. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}

/** Bytes that are written one behind the other, in memory that is kept for the next ones. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }

  /** Makes room for so many bytes more. To be called before them. */
  reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  byte(value: number): void {
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  varint(value: number): void {
    if (value < 0x80) {
      this.byte(value);
      return;
    }
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  data(value: Uint8Array): void {
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A text that has so many bytes in UTF-8. */
  text(value: string, bytes: number): void {
    if (bytes === value.length) {
      // All of it ASCII: for the few characters of a key a loop takes half the time of a call.
      for (let at = 0; at < bytes; at += 1) this.#bytes[this.#length + at] = value.charCodeAt(at);
    } else {
      this.#bytes.write(value, this.#length, 'utf8');
    }
    this.#length += bytes;
  }

  /** Copies what was written, and answers where it ends. */
  copyTo(out: Buffer, at: number): number {
    return at + this.#bytes.copy(out, at, 0, this.#length);
  }
}
