import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EVERY, Templates } from './templates.js';

interface Manifest {
  readonly missing?: readonly unknown[];
}
interface Report {
  readonly pluginReports: readonly { readonly pluginName: string; readonly conclusion: string }[];
}
interface Acknowledged {
  readonly rules_to_suppress: readonly { readonly id: string; readonly reason?: string }[];
}

describe.each(EVERY)('stage %s', (stage) => {
  const templates = new Templates(stage);
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(templates.folder, file), 'utf8')) as T;

  it('is synthesised without an account and without looking anything up', () => {
    const { missing = [] } = read<Manifest>('manifest.json');

    expect(missing).toEqual([]);
    expect(templates.stacks).toEqual(expect.arrayContaining(['data', 'functions', 'keys', 'messaging', 'services']));
  });

  it('passes the AWS Solutions rules of cdk-nag', () => {
    const reports = read<Report>('validation-report.json').pluginReports;

    expect(reports.filter(({ conclusion }) => conclusion !== 'success')).toEqual([]);
  });

  it('acknowledges no rule without saying why in a sentence', () => {
    const reasons = templates.everything().flatMap(({ id, resource }) => {
      const said = resource.Metadata?.['cdk_nag'] as Acknowledged | undefined;
      // What CDK acknowledges of itself is not ours to explain.
      const rules = (said?.rules_to_suppress ?? []).filter(({ id: rule }) => rule.startsWith('AwsSolutions-'));
      return rules.map(({ id: rule, reason = '' }) => ({ id, rule, reason }));
    });

    expect(reasons.filter(({ reason }) => !/^\S+ .{20,}\.$/s.test(reason))).toEqual([]);
    expect(reasons.length).toBeGreaterThan(10);
  });
});
