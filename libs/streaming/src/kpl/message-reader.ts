/** Reads the fields of a protobuf message in place. What it reads may be broken: then it throws a RangeError. */
export class MessageReader {
  #at = 0;
  #end: number;

  constructor(private readonly bytes: Buffer) {
    this.#end = bytes.length;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  /** The next tag: the field number times eight, plus the wire type. */
  tag(): number {
    return this.varint();
  }

  /** A whole number; beyond 2^53 it is not exact. */
  varint(): number {
    // Nearly all are of one byte.
    const first = this.bytes[this.#at] ?? 0x80;
    if (first < 0x80 && this.#at < this.#end) {
      this.#at += 1;
      return first;
    }
    let value = 0;
    for (let scale = 1; this.#at < this.#end && scale <= 2 ** 63; scale *= 0x80) {
      const byte = this.bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint without an end');
  }

  text(): string {
    const from = this.#skipDelimited();
    return this.bytes.toString('utf8', from, this.#at);
  }

  /** A view, not a copy. */
  data(): Uint8Array {
    const from = this.#skipDelimited();
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + from, this.#at - from);
  }

  /** Goes into a message within this one, to be left with what this gives once it is `done`. */
  enter(): number {
    const length = this.varint();
    const outer = this.#end;
    if (this.#at + length > outer) throw new RangeError('a message beyond the end of its own');
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  /** Passes over a value of this tag's wire type. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#skipDelimited();
    else if (wireType === 5) this.#advance(4);
    else throw new RangeError(`wire type ${wireType}`);
  }

  #skipDelimited(): number {
    const length = this.varint();
    return this.#advance(length);
  }

  #advance(length: number): number {
    const from = this.#at;
    if (from + length > this.#end) throw new RangeError('a value beyond the end of its message');
    this.#at = from + length;
    return from;
  }
}
