import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCostData, stageNamed } from '../src/data/cost-data.js';
import { planText } from '../src/deploy/plan-text.js';
import { planOf } from '../src/deploy/plan.js';
import { synthesize } from '../src/deploy/synthesize.js';
import { readTemplates } from '../src/deploy/template.js';

const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const TEMPLATE = {
  Resources: {
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Orders: { Type: 'AWS::SQS::Queue' },
    Dead: { Type: 'AWS::SQS::Queue' },
    OrdersRole: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyDocument: { Statement: [allow('s3:GetObject', '*')] } }] },
    },
    Idle: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'OrdersRole' }],
        PolicyDocument: { Statement: [allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], ['a', 'b'])] },
      },
    },
  },
};

describe('a plan', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lethe-plan-'));
  beforeAll(() => writeFileSync(join(dir, 'lethe-dev-one.template.json'), JSON.stringify(TEMPLATE)));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const demand = { ordersPerDay: 1_000, visitsPerDay: 50_000 };
  const plan = () => planOf(readTemplates(dir), stageNamed('dev'), demand, readCostData());

  it('counts resources by stack and by kind', () => {
    expect(plan().stacks).toEqual([{ stack: 'lethe-dev-one', resources: 6 }]);
    expect(plan().kinds).toEqual([
      { type: 'AWS::IAM::Role', count: 2 },
      { type: 'AWS::SQS::Queue', count: 2 },
      { type: 'AWS::IAM::Policy', count: 1 },
      { type: 'AWS::KMS::Key', count: 1 },
    ]);
  });

  it('tells what each role may do, by its own statements and by policies that name it', () => {
    expect(plan().roles).toEqual([
      {
        stack: 'lethe-dev-one',
        role: 'OrdersRole',
        managed: 0,
        statements: [
          { effect: 'Allow', actions: ['s3:GetObject'], resources: 1 },
          { effect: 'Allow', actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], resources: 2 },
        ],
      },
      { stack: 'lethe-dev-one', role: 'Idle', managed: 1, statements: [] },
    ]);
  });

  it('has the cost a month, with the keys that the templates have', () => {
    const { cost } = plan();
    const keys = cost.lines.find(({ price }) => price === 'kms.key-month');
    expect(keys?.amount).toBe(1);
    expect(planText(plan(), [])).toMatch(/total +[\d,]+\.\d\d/);
  });

  it('comes of an app that runs in a process of its own, without credentials', async () => {
    const main = join(dir, 'app.mjs');
    writeFileSync(
      main,
      `import { writeFileSync } from 'node:fs';
       const { stage } = JSON.parse(process.env.CDK_CONTEXT_JSON);
       const Resources = Object.fromEntries(Object.keys(process.env).map((name) => [name, { Type: stage }]));
       writeFileSync(process.env.CDK_OUTDIR + '/s.template.json', JSON.stringify({ Resources }));`,
    );
    const [stack] = await synthesize(main, { stage: 'dev' });
    expect(Object.keys(stack?.resources ?? {})).toEqual(expect.arrayContaining(['CDK_OUTDIR', 'PATH']));
    expect(Object.keys(stack?.resources ?? {}).filter((name) => name.startsWith('AWS'))).toEqual([]);
    expect(stack?.resources['PATH']?.Type).toBe('dev');
  });

  it('fails with what the app complained of, and where there is no template', async () => {
    const main = join(dir, 'broken.mjs');
    writeFileSync(
      main,
      `class StageError extends Error { name = 'StageError' }; throw new StageError('no such stage');`,
    );
    await expect(synthesize(main, {})).rejects.toThrow(/did not synthesize: StageError: no such stage/);
    expect(() => readTemplates(join(dir, 'nowhere'))).toThrow('cannot be read');
  });
});
