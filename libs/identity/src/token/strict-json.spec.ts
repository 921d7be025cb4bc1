import { describe, expect, it } from '@jest/globals';
import { parseStrictObject } from './strict-json.js';

const parse = (text: string) => parseStrictObject(Buffer.from(text));

describe('parseStrictObject', () => {
  it('reads an object, with texts that look like keys', () => {
    const text = '{"a": "\\"b\\":", "c":[{"d" :1},"e:"], "":{}}';

    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['a key twice', '{"sub":"a","sub":"b"}'],
    ['a key twice, once in escapes', String.raw`{"sub":"a","s\u0075b":"b"}`],
    ['a key twice within', '{"a":[{"b":1,"b":1}]}'],
    ['a prototype', '{"__proto__":{"roles":["admin"]}}'],
    ['a prototype within', '{"a":{"__proto__":1}}'],
    ['no object', '[]'],
    ['null', 'null'],
    ['no JSON', '{"a":1}x'],
    ['nothing', ''],
    ['a byte order mark', '\u{feff}{}'],
    ['depth', `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`],
    ['depth of lists', `{"a":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
  ])('S43: refuses %s', (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('refuses bytes that are no UTF-8, which readers repair in different ways', () => {
    expect(parseStrictObject(Buffer.from('{"a":"\u00ff"}', 'latin1'))).toBeUndefined();
  });
});
