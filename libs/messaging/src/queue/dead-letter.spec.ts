import { describe, expect, it } from '@jest/globals';
import { deadLetterAttributes } from './dead-letter.js';

const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const received = {
  sqsMessageId: 'sqs-1',
  receiptHandle: 'r',
  body: '{}',
  receiveCount: 3,
  sentAt: undefined,
  attributes: {},
};

describe('deadLetterAttributes', () => {
  it('never has more than the ten attributes that SQS takes, and keeps type and trace context first', () => {
    const own = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`own-${n}`, text('x')]));
    const attributes = { ...own, type: text('a.b.v1'), traceparent: text('00-…') };

    const result = deadLetterAttributes(
      { ...received, attributes },
      { reason: 'rejected', detail: 'd', handler: 'C.m', messageId: 'm' },
    );

    expect(Object.keys(result)).toHaveLength(10);
    expect(result).toMatchObject({
      type: text('a.b.v1'),
      traceparent: text('00-…'),
      'lethe-reason': text('rejected'),
      'lethe-handler': text('C.m'),
      'lethe-message-id': text('m'),
      'lethe-receive-count': text('3'),
    });
  });

  it('gives SQS a detail that it takes: short, and without control characters', () => {
    const result = deadLetterAttributes(received, { reason: 'rejected', detail: `a\u0000b\u001b${'x'.repeat(5_000)}` });

    expect(result['lethe-detail']?.StringValue).toMatch(/^a\uFFFDb\uFFFDx+$/);
    expect(result['lethe-detail']?.StringValue).toHaveLength(1_000);
  });
});
