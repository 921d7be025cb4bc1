import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CostReport, dataFile, profileSchema, readData } from '@lethe/cost';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Cli } from './cli.fixture.js';

const BASELINE = dataFile('baseline.json');

describe('lethe cost', () => {
  const cli = new Cli();
  afterAll(() => cli.close());

  it('prints a table for people, a document for machines and a page for browsers', async () => {
    const people = await cli.run('cost --orders-per-day 1000 --visits-per-day 50000');
    const machine = await cli.run('cost --orders-per-day 1000 --visits-per-day 50000 --json');
    const page = await cli.run('cost --orders-per-day 1000 --html');

    expect(people).toMatchObject({ code: 0, err: '' });
    expect(people.out).toMatch(/^1,000 orders and 50,000 visits a day on stage production: [\d.]+ USD a month/);
    const report: CostReport = JSON.parse(machine.out);
    expect(people.out).toContain(`${report.estimate.usd.toFixed(2)} USD a month`);
    expect(page.out).toMatch(/^<!doctype html>/);
  });

  it('costs less on a smaller stage, and with the free tier', async () => {
    const cost = async (line: string): Promise<number> => {
      const report: CostReport = JSON.parse((await cli.run(`cost --orders-per-day 10 --json${line}`)).out);
      return report.estimate.usd;
    };
    expect(await cost(' --stage dev')).toBeLessThan(await cost(''));
    expect(await cost(' --free-tier')).toBeLessThan(await cost(''));
  });

  it('passes the gate as it is committed, and exits with 1 where an order costs more than is allowed', async () => {
    const profile = join(cli.dir, 'heavy.json');
    const committed = readData(dataFile('profile.json'), profileSchema);
    const workflow = { ...committed.workflow, transitionsPerOrder: committed.workflow.transitionsPerOrder * 10 };
    writeFileSync(profile, JSON.stringify({ ...committed, workflow }));

    const passed = await cli.run(`cost --gate ${BASELINE} --max-rise 0.05`);
    const refused = await cli.run(`cost --gate ${BASELINE} --max-rise 0.05 --profile ${profile}`);

    expect(passed).toMatchObject({ code: 0, err: '' });
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('costs too much');
    expect(refused.err).toMatch(/^lethe: an order costs more than 5.0 % above the baseline of [\d-]+; .*\n$/);
  });

  it('says in one line what is wrong with a file', async () => {
    expect(await cli.run('cost --profile /nowhere.json')).toMatchObject({
      code: 1,
      err: 'lethe: /nowhere.json cannot be read\n',
    });
  });
});

describe('lethe deploy --plan', () => {
  const cli = new Cli();
  afterAll(() => cli.close());
  const dir = join(cli.dir, 'cdk.out');

  it('explains templates, and exits with 1 and a line for what is not met', async () => {
    mkdirSync(dir);
    const template = { Resources: { Key: { Type: 'AWS::KMS::Key', Properties: {} } } };
    writeFileSync(join(dir, 'lethe-dev-keys.template.json'), JSON.stringify(template));
    const before = { ...process.env };
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });

    const unchecked = await cli.run(`deploy --plan --stage dev --template-dir ${dir} --no-check`);
    const checked = await cli.run(`deploy --plan --stage dev --template-dir ${dir}`);
    process.env = before;

    expect(unchecked).toMatchObject({ code: 0, err: '' });
    expect(unchecked.out).toMatch(/^stage dev in eu-west-1: 1 resources in 1 stacks\n/);
    expect(unchecked.out).toMatch(/total +[\d,]+\.\d\d/);
    expect(checked.code).toBe(1);
    expect(checked.err).toMatch(/^lethe: credentials: no valid credentials .*\n$/);
  });

  it('says in one line that there is nothing to synthesize, or no such stage', async () => {
    expect((await cli.run('deploy --plan --stage dev --no-check')).err).toMatch(/^lethe: .*did not synthesize: .*\n$/);
    expect((await cli.run('deploy --plan --stage moon')).err).toBe(
      'lethe: there is no stage moon: dev, staging, production\n',
    );
  });
});
