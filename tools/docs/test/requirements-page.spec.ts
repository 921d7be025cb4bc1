import { describe, expect, it } from '@jest/globals';
import { RequirementError, requirementsPage, testsById } from '../src/requirements-page.js';

const file = (title: string) => `describe('a queue', () => {\n  ${title}\n});`;
const head = { path: 'docs/queues.md', title: 'Queues' };
const group = (...requirements: { id: string; holds: string; open?: string }[]) => [{ title: 'Queues', requirements }];

describe('testsById', () => {
  it('finds the ids in titles, of tables and groups too, and nowhere else', () => {
    const found = testsById(
      new Map([
        ['a.spec.ts', file(`it('R01, R02: holds', () => {}); // R03`)],
        ['b.spec.ts', file(`it.each([\n['x', 1]])(\n'SQS-1: holds for %s', () => {});`)],
        ['c.spec.ts', `describe("R01: it's so", () => { expect('R04').toBe('R05'); });`],
      ]),
    );

    expect(Object.fromEntries(found)).toEqual({
      R01: ['a.spec.ts', 'c.spec.ts'],
      R02: ['a.spec.ts'],
      'SQS-1': ['b.spec.ts'],
    });
  });
});

describe('requirementsPage', () => {
  const files = new Map([['libs/x/test/a.int-spec.ts', file(`it('R01: holds', () => {});`)]]);

  it('shows the tests of a requirement, and why one has none', () => {
    const { text } = requirementsPage(
      head,
      group({ id: 'R01', holds: 'It holds.' }, { id: 'R02', holds: 'More.', open: 'later' }),
      files,
    );

    expect(text).toContain('| R01 | It holds. | [libs/x/test/a.int-spec.ts](../libs/x/test/a.int-spec.ts) |');
    expect(text).toContain('| R02 | More. | open: later |');
  });

  it('refuses a requirement without a test', () => {
    expect(() => requirementsPage(head, group({ id: 'R02', holds: 'More.' }), files)).toThrow(RequirementError);
  });

  it('refuses one that is called open and has a test', () => {
    const closed = group({ id: 'R01', holds: 'It holds.', open: 'later' });

    expect(() => requirementsPage(head, closed, files)).toThrow('tests name R01');
  });
});
