import type { JsonSchema, WireSchema } from './json-schema.js';

/** A place where two shapes do not fit: a path such as `/items/[]/price`, and why. */
export interface Mismatch {
  readonly path: string;
  readonly reason: string;
}

export interface ReadingOptions {
  /** Whether a reader copes with values of an enum that it does not know yet. */
  readonly openEnums?: boolean;
}

/** One comparison: a node of the writer's document against a node of the reader's. */
interface Comparison extends ReadingOptions {
  readonly writer: JsonSchema;
  readonly reader: JsonSchema;
  readonly writerRoot: JsonSchema;
  readonly readerRoot: JsonSchema;
  readonly path: string;
}

/**
 * Why some text that the writer may write would be refused by the reader; empty where all of it is read.
 * It errs on the side of refusing: shapes that it cannot prove to fit do not fit.
 */
export function whyUnreadable(writer: JsonSchema, reader: JsonSchema, options: ReadingOptions = {}): Mismatch[] {
  return compare({ ...options, writer, reader, writerRoot: writer, readerRoot: reader, path: '' });
}

/**
 * What breaks between a released message and its present form (R22). Both ends of a queue change at their own time, so
 * the present reader must read what is under way, the released reader what is written now, and no member may go.
 */
export function messageBreaks(released: WireSchema, current: WireSchema): Mismatch[] {
  return unique([
    ...whyUnreadable(released.writes, current.reads),
    ...whyUnreadable(current.writes, released.reads),
    ...removedMembers(released.reads, current.reads),
  ]);
}

/** What breaks for clients that send requests of the released shape. A server may come to accept more. */
export function requestBreaks(released: WireSchema, current: WireSchema): Mismatch[] {
  return unique([...whyUnreadable(released.reads, current.reads), ...removedMembers(released.reads, current.reads)]);
}

/** What breaks for clients that read answers of the released shape. Clients must expect new values of an enum. */
export function responseBreaks(released: WireSchema, current: WireSchema): Mismatch[] {
  return unique([
    ...whyUnreadable(current.writes, released.reads, { openEnums: true }),
    ...removedMembers(released.reads, current.reads),
  ]);
}

function unique(mismatches: readonly Mismatch[]): Mismatch[] {
  return [...new Map(mismatches.map((mismatch) => [`${mismatch.path} ${mismatch.reason}`, mismatch])).values()];
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace(/^#\/\$defs\//, '');
  const target = schema.$ref === '#' ? root : root.$defs?.[name];
  return target === undefined ? schema : resolve(target, root);
}

function compare(comparison: Comparison): Mismatch[] {
  const { writerRoot, readerRoot, path } = comparison;
  const writer = resolve(comparison.writer, writerRoot);
  const reader = resolve(comparison.reader, readerRoot);
  const at = { ...comparison, writer, reader };
  if (writer.anyOf) return writer.anyOf.flatMap((branch) => compare({ ...at, writer: branch }));
  if (reader.anyOf) {
    const tries = reader.anyOf.map((branch) => compare({ ...at, reader: branch }));
    return tries.some((found) => found.length === 0) ? [] : [{ path, reason: 'fits no alternative of the reader' }];
  }
  const types = typeMismatch(at);
  return types.length > 0 ? types : [...valueMismatch(at), ...bounds(at), ...members(at), ...elements(at)];
}

function typesOf({ type }: JsonSchema): readonly string[] | undefined {
  return typeof type === 'string' ? [type] : type;
}

function typeMismatch({ writer, reader, path }: Comparison): Mismatch[] {
  const read = typesOf(reader);
  if (read === undefined) return [];
  const written = typesOf(writer) ?? ['anything'];
  const lost = written.filter((type) => !read.includes(type) && !(type === 'integer' && read.includes('number')));
  return lost.length === 0 ? [] : [{ path, reason: `${lost.join(' or ')} is written, ${read.join(' or ')} is read` }];
}

function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return 'const' in schema ? [schema.const] : schema.enum;
}

function valueMismatch({ writer, reader, path, openEnums }: Comparison): Mismatch[] {
  const read = valuesOf(reader);
  if (read === undefined) return [];
  const written = valuesOf(writer);
  if (written === undefined) return [{ path, reason: `any value is written, only ${read.join(', ')} is read` }];
  const lost = written.filter((value) => !read.includes(value));
  if (lost.length === 0 || (openEnums === true && reader.enum !== undefined)) return [];
  return [{ path, reason: `${lost.join(', ')} is written and not read` }];
}

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'] as const;
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'] as const;

function bounds({ writer, reader, path }: Comparison): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const refuse = (name: string, read: string | number, written: string | number = 'none'): void => {
    mismatches.push({
      path,
      reason: `${name} is ${read} to the reader, ${written} to the writer`,
    });
  };
  for (const name of LOWER) {
    const [read, written] = [reader[name], writer[name]];
    if (read !== undefined && (written === undefined || written < read)) refuse(name, read, written);
  }
  for (const name of UPPER) {
    const [read, written] = [reader[name], writer[name]];
    if (read !== undefined && (written === undefined || written > read)) refuse(name, read, written);
  }
  // The pattern of a format is zod's own affair and may differ between its versions.
  const name = reader.format === undefined ? 'pattern' : 'format';
  const [read, written] = [reader[name], writer[name]];
  if (read !== undefined && read !== written && valuesOf(writer) === undefined) refuse(name, read, written);
  return mismatches;
}

function members(comparison: Comparison): Mismatch[] {
  const { writer, reader, path } = comparison;
  const written = writer.properties ?? {};
  const known = reader.properties ?? {};
  const open = reader.additionalProperties ?? true;
  return [
    ...(reader.required ?? [])
      .filter((name) => !writer.required?.includes(name))
      .map((name) => ({ path: `${path}/${name}`, reason: 'is required by the reader, not always written' })),
    ...Object.entries(written).flatMap(([name, schema]) => {
      const readerOfMember = known[name] ?? open;
      if (readerOfMember === true) return [];
      if (readerOfMember === false)
        return [{ path: `${path}/${name}`, reason: 'is written, and refused by the reader' }];
      return compare({ ...comparison, writer: schema, reader: readerOfMember, path: `${path}/${name}` });
    }),
    ...others(comparison),
  ];
}

/** Members without a name of their own, as in a record. */
function others(comparison: Comparison): Mismatch[] {
  const { writer, reader, path } = comparison;
  const [written, read] = [writer.additionalProperties, reader.additionalProperties];
  if (typeof written !== 'object' || read === undefined || read === true) return [];
  if (read === false) return [{ path: `${path}/*`, reason: 'is written, and refused by the reader' }];
  return compare({ ...comparison, writer: written, reader: read, path: `${path}/*` });
}

function elements(comparison: Comparison): Mismatch[] {
  const { writer, reader, path } = comparison;
  if (reader.items === undefined) return [];
  return compare({ ...comparison, writer: writer.items ?? {}, reader: reader.items, path: `${path}/[]` });
}

/** Members of the released shape that the present one no longer has: a rename looks like this too. */
function removedMembers(released: JsonSchema, current: JsonSchema): Mismatch[] {
  const now = new Set(memberPaths(current, current));
  return memberPaths(released, released)
    .filter((path) => !now.has(path))
    .map((path) => ({ path, reason: 'was removed or renamed' }));
}

function memberPaths(schema: JsonSchema, root: JsonSchema, path = '', depth = 0): string[] {
  // Deeper than any sensible shape: one that contains itself.
  if (depth > 20) return [];
  const { properties = {}, items, anyOf = [], additionalProperties } = resolve(schema, root);
  const inside = (child: JsonSchema, at: string): string[] => memberPaths(child, root, at, depth + 1);
  return [
    ...Object.entries(properties).flatMap(([name, child]) => [`${path}/${name}`, ...inside(child, `${path}/${name}`)]),
    ...(items === undefined ? [] : inside(items, `${path}/[]`)),
    ...anyOf.flatMap((branch) => inside(branch, path)),
    ...(typeof additionalProperties === 'object' ? inside(additionalProperties, `${path}/*`) : []),
  ];
}
