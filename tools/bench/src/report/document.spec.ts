import { describe, expect, it } from '@jest/globals';
import { messagingSection, reportText } from './document.js';
import { goodReport, row } from './report.fixture.js';

describe('messagingSection', () => {
  it('tells the machine, the versions, the date, and every bound with its verdict', () => {
    const document = messagingSection(goodReport);

    expect(document).toContain('2026-01-02; 2 cores of a processor, 8 GiB, Linux 6, Node v24.0.0; `fauxqs` 2.4.1.');
    expect(document.match(/\| +holds \|/g)).toHaveLength(11);
    expect(document).toContain('median 50.0 ms, p99 300.0 ms');
  });
});

describe('reportText', () => {
  it('marks runs whose time was up, and says what the mark means', () => {
    const text = reportText({ ...goodReport, consumers: [row('slow', 'none', { capped: true })] });

    expect(text).toContain('1,000¹');
    expect(text).toContain('¹ The time was up');
  });

  it('leaves out what was not run', () => {
    const text = reportText({ ...goodReport, consumers: [], senders: [], relays: [], latencies: [], backlog: [] });

    expect(text).toBe('');
  });
});
