import { describe, expect, it } from '@jest/globals';
import { ModelError } from '../warehouse.errors.js';
import { inOrder, parseModel, tablesOf } from './models.js';

describe('models', () => {
  it('are a SELECT with comments before it', () => {
    const text = '-- What was sold.\n-- By day.\n\nSELECT a -- why\nFROM b;\n';

    expect(parseModel('m', text)).toEqual({
      name: 'm',
      description: 'What was sold. By day.',
      select: 'SELECT a -- why\nFROM b',
    });
    expect(() => parseModel('m', 'DROP TABLE a')).toThrow(ModelError);
    expect(() => parseModel('m', '-- nothing')).toThrow(ModelError);
  });

  it('read the tables after FROM and JOIN that they do not make themselves', () => {
    const select =
      'WITH own AS (SELECT 1 FROM a), second AS (SELECT 2 FROM own)\nSELECT * FROM second JOIN b ON true -- FROM c';

    expect([...tablesOf(select)].toSorted()).toEqual(['a', 'b']);
  });

  it('come after those they read, and may not need each other', () => {
    const model = (name: string, from: string) => parseModel(name, `SELECT 1 FROM ${from}`);

    const ordered = inOrder([model('a', 'c'), model('b', 'raw'), model('c', 'b')]);
    expect(ordered.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    expect(() => inOrder([model('a', 'b'), model('b', 'a')])).toThrow(ModelError);
  });
});
