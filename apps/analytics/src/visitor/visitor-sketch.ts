import { HyperLogLog } from 'hyperlolo';

/** Registers of a sketch as a power of two: 4,096 bytes. */
const PRECISION = 12;

/**
 * The standard error of an estimate, as a share of it: 1.04 over the root of the number of registers (Flajolet and others,
 * HyperLogLog, 2007). Two thirds of the estimates are nearer, and 19 of 20 within twice as much.
 */
export const SKETCH_ERROR = 1.04 / Math.sqrt(2 ** PRECISION);

/** How many different visitors there were, nearly, in 4 KB however many they are. What two of them saw adds up to one. */
export class VisitorSketch {
  private constructor(private sketch: HyperLogLog) {}

  static empty(): VisitorSketch {
    return new VisitorSketch(new HyperLogLog({ hasherId: 'jenkins32', precision: PRECISION }));
  }

  static from(bytes: Uint8Array): VisitorSketch {
    return new VisitorSketch(HyperLogLog.deserialize(Buffer.from(bytes)));
  }

  add(visitors: Iterable<string>): this {
    for (const visitor of visitors) this.sketch.add(visitor);
    return this;
  }

  merge(other: VisitorSketch): this {
    this.sketch = this.sketch.merge(other.sketch);
    return this;
  }

  count(): number {
    return Math.round(this.sketch.count());
  }

  bytes(): Buffer {
    return this.sketch.serialize();
  }
}
