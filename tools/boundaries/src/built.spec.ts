import { describe, expect, it } from '@jest/globals';
import { classAlias } from './built.js';

describe('classAlias', () => {
  it('finds what the compiler wrote when it renamed a property like its class', () => {
    const built =
      'var _a;\nexport class Pages {\n  ask(x) { return send({ _a: x }); }\n}\n_a = Pages;\n//# sourceMappingURL=x';

    expect(classAlias(built)).toBe('Pages');
  });

  it('finds nothing in ordinary output', () => {
    expect(classAlias('export class Pages {\n  ask(x) { return send({ Pages: x }); }\n}\n')).toBeUndefined();
  });
});
