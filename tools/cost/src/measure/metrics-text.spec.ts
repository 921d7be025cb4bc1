import { describe, expect, it } from '@jest/globals';
import { readMetrics, sumOf, sumsBy } from './metrics-text.js';

const PAGE = `# HELP aws_sdk_attempts_total HTTP requests to AWS.
# TYPE aws_sdk_attempts_total counter
aws_sdk_attempts_total{operation="sqs.SendMessage",service="orders"} 12
aws_sdk_attempts_total{operation="sns.Publish",service="orders"} 3
process_cpu_seconds_total{service="orders"} 1.5
http_count{route="/a\\"b",status="200"} 2
nodejs_version
`;

describe('a page of metrics', () => {
  const samples = readMetrics(PAGE);

  it('is read sample by sample, with labels that hold quotes', () => {
    expect(samples).toHaveLength(4);
    expect(samples[3]).toEqual({ name: 'http_count', labels: { route: '/a\\"b', status: '200' }, value: 2 });
  });

  it('is added up by name, and by a label', () => {
    expect(sumOf(samples, 'process_cpu_seconds_total')).toBe(1.5);
    expect(sumsBy(samples, 'aws_sdk_attempts_total', 'operation')).toEqual({ 'sqs.SendMessage': 12, 'sns.Publish': 3 });
  });
});
