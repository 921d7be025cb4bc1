import type { JsonSchema } from '@lethe/topology';

/** A member of a shape, in the words of its page. */
export interface Field {
  /** Its path, `items[].sku`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema;
  return {
    ...root.$defs?.[schema.$ref.replace('#/$defs/', '')],
    ...(schema.description ? { description: schema.description } : {}),
  };
}

/** An integer that zod bounds by what a double can hold has no bound worth a word. */
const bound = (value: number | undefined): number | undefined =>
  value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : value;

function range(least: number | undefined, most: number | undefined, unit = ''): string {
  if (least === undefined && most === undefined) return '';
  if (least === undefined) return ` ≤ ${most}${unit}`;
  return most === undefined ? ` ≥ ${least}${unit}` : ` ${least}–${most}${unit}`;
}

/** The type of a member in a word or two: `integer 1–100`, `uuid`, `one of open, closed`, `list of text`. */
export function typeName(schema: JsonSchema, root: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  const { type, anyOf, format, pattern, items } = schema;
  if (anyOf) return anyOf.map((branch) => typeName(branch, root)).join(' or ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (type === 'array')
    return `list of ${items ? typeName(items, root) : 'anything'}${range(schema.minItems, schema.maxItems)}`;
  if (type === 'object')
    return typeof schema.additionalProperties === 'object'
      ? `map to ${typeName(schema.additionalProperties, root)}`
      : 'object';
  if (type === 'string') {
    const length = range(schema.minLength, schema.maxLength, ' characters');
    if (format !== undefined) return `${format}${length}`;
    return pattern === undefined ? `text${length}` : `text like \`${pattern}\``;
  }
  if (type === undefined) return 'anything';
  const name = typeof type === 'string' ? type : type.join(' or ').replace('string', 'text');
  return `${name}${range(bound(schema.minimum), bound(schema.maximum))}`;
}

/** What has the members of a shape that is an object or null. */
function opened(schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  return branches.length === 1 ? (branches[0] ?? schema) : schema;
}

/** Every member of a shape, those of objects within it too; named shapes such as Money are not opened. */
export function fieldsOf(schema: JsonSchema, root: JsonSchema = schema, prefix = ''): Field[] {
  const { properties = {}, required = [] } = resolve(schema, root);
  return Object.entries(properties).flatMap(([name, member]) => {
    const path = `${prefix}${name}`;
    const { description = '' } = resolve(member, root);
    const field = { name: path, type: typeName(member, root), required: required.includes(name), description };
    const inside = member.items ?? opened(member);
    const within = inside.$ref === undefined ? fieldsOf(inside, root, `${path}${member.items ? '[]' : ''}.`) : [];
    return [field, ...within];
  });
}

/** Text that stands in one cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
}

/** A Markdown table of a shape's members. */
export function fieldTable(schema: JsonSchema): string {
  const rows = fieldsOf(schema).map(
    ({ name, type, required, description }) =>
      `| \`${name}\` | ${cell(type)} | ${required ? 'yes' : 'no'} | ${cell(description)} |`,
  );
  return ['| member | type | required | |', '|---|---|---|---|', ...rows].join('\n');
}
