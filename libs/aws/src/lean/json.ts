/** Steps from an input or output to a value: names, and `*` for every item or value. */
export type Path = readonly string[];

/** What JSON cannot say by itself, and where. */
export interface Shape {
  /** Bytes of the input, sent in base64. */
  readonly sends?: readonly Path[];
  /** Bytes of the output, received in base64. */
  readonly receives?: readonly Path[];
  /** Seconds since 1970 in the output. */
  readonly dates?: readonly Path[];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A copy with the values at the path changed; the value itself, where there is nothing to change. */
function changed(value: unknown, path: Path, change: (leaf: unknown) => unknown, depth = 0): unknown {
  const step = path[depth];
  if (step === undefined) return change(value);
  if (!isObject(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const name of step === '*' ? Object.keys(value) : [step]) {
    const before = value[name];
    const after = before === undefined ? before : changed(before, path, change, depth + 1);
    if (after === before) continue;
    copy ??= Object.assign(Array.isArray(value) ? [] : {}, value);
    copy[name] = after;
  }
  return copy ?? value;
}

function toBase64(leaf: unknown): unknown {
  if (typeof leaf === 'string') return Buffer.from(leaf).toString('base64');
  if (!(leaf instanceof Uint8Array)) return leaf;
  return Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength).toString('base64');
}

function toBytes(leaf: unknown): unknown {
  if (typeof leaf !== 'string') return leaf;
  const bytes = Buffer.from(leaf, 'base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const toDate = (leaf: unknown): unknown => (typeof leaf === 'number' ? new Date(Math.round(leaf * 1_000)) : leaf);

/** The JSON of an input. */
export function writeInput({ sends = [] }: Shape, input: object): string {
  return JSON.stringify(sends.reduce<unknown>((value, path) => changed(value, path, toBase64), input));
}

/** The output that a JSON text holds; an empty text is an empty output. Throws a SyntaxError. */
export function readOutput({ receives = [], dates = [] }: Shape, text: string): object {
  let output: unknown = text === '' ? {} : JSON.parse(text);
  for (const path of receives) output = changed(output, path, toBytes);
  for (const path of dates) output = changed(output, path, toDate);
  return isObject(output) ? output : {};
}
