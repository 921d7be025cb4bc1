import { types } from 'pg';

/** An int8 as a number. Throws a RangeError beyond 2^53-1, where a number would silently be another one. */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a JavaScript number`);
  return value;
}

type TypeId = (typeof types.builtins)[keyof typeof types.builtins];

/** How values of the server become JavaScript: pg's defaults, but int8 as number and date as text, free of time zones. */
export const typeParsers = {
  getTypeParser(oid: TypeId, format: 'text' | 'binary' = 'text'): (value: string) => unknown {
    if (format === 'text' && oid === types.builtins.INT8) return parseInt8;
    if (format === 'text' && oid === types.builtins.DATE) return (text) => text;
    return types.getTypeParser(oid, format);
  },
};
