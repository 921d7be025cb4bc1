import { describe, expect, it } from '@jest/globals';
import { goodReport } from './report.fixture.js';
import { suiteSection, withSection } from './suite-section.js';

const section = (suite: string, text: string): string =>
  suiteSection(suite, { at: '2026-01-02T00:00:00Z', machine: goodReport.machine, text });

describe('withSection', () => {
  it('begins a document, and puts each suite behind the others', () => {
    const document = withSection(withSection('', 'messaging', section('messaging', 'a')), 'identity', 'b');

    expect(document).toMatch(/^# Benchmarks\n[\s\S]*## Messaging\n[\s\S]*\na\n[\s\S]*\nb\n$/);
  });

  it('puts a part in the place of its last one, and touches nothing else', () => {
    const before = ['messaging', 'identity', 'streaming'].reduce(
      (text, suite) => withSection(text, suite, section(suite, `old ${suite}`)),
      '',
    );

    const after = withSection(before, 'identity', section('identity', 'new'));

    expect(after).toBe(before.replace('old identity', 'new'));
  });
});
