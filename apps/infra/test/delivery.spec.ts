import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { BASE_PARAMETER } from '@lethe/delivery';
import type { Grant } from '../src/permissions/grant.js';
import { BECAUSE } from '../src/permissions/grants.js';
import { WILDCARDS } from '../src/permissions/wildcards.js';
import { type Resource, STAGES, Templates, written } from './templates.js';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Grant['conditions'];
}
interface Action {
  readonly Name: string;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly Configuration: Readonly<Record<string, unknown>>;
}
interface PipelineProperties {
  readonly PipelineType: string;
  readonly ExecutionMode: string;
  readonly ArtifactStore: { readonly EncryptionKey?: { readonly Type: string } };
  readonly Stages: readonly { readonly Name: string; readonly Actions: readonly Action[] }[];
}
interface Project {
  readonly Name: string;
  readonly Source: { readonly BuildSpec: string };
  readonly EncryptionKey?: unknown;
  readonly Environment: { readonly Type: string; readonly PrivilegedMode: boolean };
}
interface RepositoryProperties {
  readonly RepositoryName: string;
  readonly ImageTagMutability: string;
  readonly ImageScanningConfiguration: { readonly ScanOnPush: boolean };
  readonly EncryptionConfiguration: { readonly EncryptionType: string };
  readonly LifecyclePolicy: { readonly LifecyclePolicyText: string };
}
const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
const ACCOUNTS = { account: '111111111111', 'staging.account': '222222222222', 'production.account': '333333333333' };

/** The app of the delivery as a person would deploy it, in a process of its own, with neither an account nor a network. */
class Delivery {
  readonly folder = mkdtempSync(join(tmpdir(), 'lethe-delivery-'));
  #resources: readonly Resource[] = [];
  #byStack = new Map<string, readonly Resource[]>();

  /** `checked`: by CloudFormation's own rules too, which take longer than all the rest. */
  async synth(context: Readonly<Record<string, string>>, checked = false): Promise<this> {
    await promisify(execFile)(process.execPath, ['dist/delivery-main.js'], {
      cwd: join(import.meta.dirname, '..'),
      env: {
        PATH: process.env['PATH'] ?? '',
        CDK_OUTDIR: this.folder,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        ...(checked ? {} : { CDK_VALIDATION: 'false' }),
      },
      maxBuffer: 1 << 26,
    });
    for (const file of globSync('*.template.json', { cwd: this.folder })) {
      const { Resources } = this.read<{ Resources: Record<string, Resource> }>(file);
      this.#byStack.set(file.replace('.template.json', ''), Object.values(Resources));
    }
    this.#resources = [...this.#byStack.values()].flat();
    return this;
  }

  get stacks(): string[] {
    return [...this.#byStack.keys()].sort();
  }

  read<T>(file: string): T {
    return JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as T;
  }

  all<P>(type: string, stack?: string): P[] {
    const resources = stack === undefined ? this.#resources : (this.#byStack.get(stack) ?? []);
    return resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties as P);
  }

  statements(stack?: string): Statement[] {
    return this.all<{ PolicyDocument: { Statement: Statement[] } }>('AWS::IAM::Policy', stack).flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
  }

  get policies(): readonly Resource[] {
    return this.#resources.filter(({ Type }) => Type === 'AWS::IAM::Policy');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const pipelined = new Delivery();
const github = new Delivery();
const single = new Delivery();
/** What `lethe deploy` makes of it: a person takes the steps. */
const personal = new Delivery();
const doors = [
  ['by CodePipeline', pipelined],
  ['by GitHub', github],
  ['in one account', single],
] as const;

beforeAll(async () => {
  await Promise.all([
    pipelined.synth({ ...ACCOUNTS, repository: 'shop/lethe' }, true),
    github.synth({ ...ACCOUNTS, repository: 'shop/lethe', door: 'github' }),
    single.synth({}),
    personal.synth({ door: 'none', account: '111111111111', region: 'eu-west-1' }),
  ]);
}, 120_000);
afterAll(() => [pipelined, github, single, personal].forEach((delivery) => delivery.remove()));

describe.each(doors)('the delivery %s', (_door, delivery) => {
  it('is synthesised without looking anything up, and passes the AWS Solutions rules of cdk-nag', () => {
    const reports = delivery.read<{ pluginReports: { conclusion: string }[] }>('validation-report.json').pluginReports;
    expect(reports.map(({ conclusion }) => conclusion)).toEqual(reports.map(() => 'success'));
    expect(delivery.read<{ missing?: unknown[] }>('manifest.json').missing ?? []).toEqual([]);
    expect(delivery.stacks).toEqual(
      expect.arrayContaining(['lethe-delivery-images', 'lethe-delivery-production', 'lethe-delivery-staging']),
    );
  });

  it('S57: has no role with a wildcard but those that are listed, and every statement says why', () => {
    const wild = delivery
      .statements()
      .flatMap(({ Action, Resource, Condition }) =>
        list<unknown>(Resource).map((one) => ({
          resource: written(one),
          grant: { actions: list(Action), resources: [], because: '', ...(Condition && { conditions: Condition }) },
        })),
      )
      .filter(({ resource }) => resource.includes('*'));
    const unlisted = wild.filter(({ resource, grant }) => !WILDCARDS.some(({ fits }) => fits(resource, grant)));
    expect(unlisted).toEqual([]);
    expect(
      delivery
        .statements()
        .flatMap(({ Action }) => list(Action))
        .filter((one) => one.includes('*')),
    ).toEqual([]);
    expect(delivery.policies.filter(({ Metadata }) => Metadata?.[BECAUSE] === undefined)).toEqual([]);
  });

  it('passes on the roles of the step before a deployment alone, to tasks alone', () => {
    const passing = delivery.statements().filter(({ Action }) => list(Action).includes('iam:PassRole'));
    expect(passing.length).toBe(2);
    for (const { Condition, Resource } of passing) {
      expect(JSON.stringify(Condition)).toContain('"iam:PassedToService":"ecs-tasks.amazonaws.com"');
      expect(
        list(Resource)
          .map(written)
          .filter((arn) => !/role\/lethe-\w+-(migrate|start)$/.test(arn)),
      ).toEqual([]);
    }
  });

  it('S58: keeps images in a repository per service, where no tag moves, each is scanned, and old ones go', () => {
    const repositories = delivery.all<RepositoryProperties>('AWS::ECR::Repository');
    expect(repositories.map(({ RepositoryName }) => RepositoryName).sort()).toEqual(
      storeServices.map(({ name }) => `lethe/${name}`).sort(),
    );
    for (const one of repositories) {
      expect(one.ImageTagMutability).toBe('IMMUTABLE');
      expect(one.ImageScanningConfiguration.ScanOnPush).toBe(true);
      expect(one.EncryptionConfiguration.EncryptionType).toBe('KMS');
      expect(one.LifecyclePolicy.LifecyclePolicyText).toContain('imageCountMoreThan');
    }
    const scanning = delivery.all<{ ScanType: string }>('AWS::ECR::RegistryScanningConfiguration');
    expect(scanning).toEqual([expect.objectContaining({ ScanType: 'ENHANCED' })]);
  });
});

describe('the pipeline', () => {
  const pipeline = (): PipelineProperties => {
    const [found] = pipelined.all<PipelineProperties>('AWS::CodePipeline::Pipeline');
    if (found === undefined) throw new Error('there is no pipeline');
    return found;
  };
  const projects = () => new Map(pipelined.all<Project>('AWS::CodeBuild::Project').map((one) => [one.Name, one]));
  const spec = (step: string): string => projects().get(`lethe-${step}`)?.Source.BuildSpec ?? '';

  it('goes from checks over images and staging to production, and somebody agrees in between', () => {
    const names = pipeline().Stages.map(({ Name }) => Name);
    expect(names).toEqual(['Source', 'Check', 'Images', 'Staging', 'ApproveProduction', 'Production', 'Record']);
    const approve = pipeline().Stages.find(({ Name }) => Name === 'ApproveProduction')?.Actions;
    expect(approve?.map(({ ActionTypeId }) => ActionTypeId.Category)).toEqual(['Approval']);
    const parallel = pipeline().Stages.filter(({ Actions }) => Actions.length !== 1);
    expect(parallel).toEqual([]);
  });

  it('is of the second version, takes one commit after the other, and clones with the history', () => {
    expect(pipeline()).toMatchObject({ PipelineType: 'V2', ExecutionMode: 'QUEUED' });
    expect(pipeline().Stages[0]?.Actions[0]?.Configuration).toMatchObject({
      FullRepositoryId: 'shop/lethe',
      OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
    });
  });

  it('encrypts what steps hand to each other, in a bucket that is nobody else’s', () => {
    expect(pipeline().ArtifactStore.EncryptionKey?.Type).toBe('KMS');
    expect([...projects().values()].filter(({ EncryptionKey }) => EncryptionKey === undefined)).toEqual([]);
    const buckets = pipelined.all<{ PublicAccessBlockConfiguration?: object }>('AWS::S3::Bucket');
    for (const { PublicAccessBlockConfiguration } of buckets)
      expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
  });

  it('checks and builds what nx says is affected since the last commit deployed, which it writes down last', () => {
    expect(spec('check')).toContain('NX_BASE="$(node tools/delivery/dist/main.js base)"');
    expect(spec('check')).toMatch(/nx affected -t lint typecheck build/);
    expect(spec('check')).toMatch(/nx affected -t test --exclude=@lethe\/e2e/);
    expect(spec('images')).toContain('images --base "$base"');
    expect(spec('record')).toContain('tools/delivery/dist/main.js record');
    const writers = pipelined
      .statements()
      .filter(
        ({ Action, Resource }) =>
          list(Action).includes('ssm:PutParameter') && written(Resource).includes(BASE_PARAMETER),
      );
    expect(writers.length).toBe(1);
  });

  it('runs only commands of this repository that exist, from packages of the lock file', () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    const all = [...projects().values()].map(({ Source }) => Source.BuildSpec).join('\n');
    const asked = [...all.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(asked.filter((name) => scripts[name] === undefined)).toEqual([]);
    expect(all).not.toMatch(/npx |curl |latest/);
    expect(all.match(/npm install --global \S+ \S+ (\S+)/)?.[1]).toMatch(/^npm@\d+\.\d+\.\d+$/);
  });

  it('runs Docker in one step alone, and every step on ARM64', () => {
    const privileged = [...projects().values()].filter(({ Environment }) => Environment.PrivilegedMode);
    expect(privileged.map(({ Name }) => Name)).toEqual(['lethe-images']);
    expect(new Set([...projects().values()].map(({ Environment }) => Environment.Type))).toEqual(
      new Set(['ARM_CONTAINER']),
    );
  });

  it('takes commits to a stage in the role of that stage, which lets that step in and nobody else', () => {
    for (const [stage, account] of [
      ['staging', '222222222222'],
      ['production', '333333333333'],
    ] as const) {
      const assumed = pipelined
        .statements('lethe-delivery-pipeline')
        .filter(({ Resource }) => written(Resource).includes(`:${account}:role/lethe-deployer`));
      expect(assumed.length).toBe(1);
      const [role] = pipelined.all<{ AssumeRolePolicyDocument: unknown }>('AWS::IAM::Role', `lethe-delivery-${stage}`);
      expect(role?.AssumeRolePolicyDocument).toMatchObject({
        Statement: [{ Principal: { AWS: expect.stringContaining(`111111111111:role/lethe-delivery-${stage}`) } }],
      });
    }
  });
});

describe('a deployment by a person', () => {
  it('needs the registry alone: no pipeline, no role that anybody could take', () => {
    expect(personal.stacks).toEqual(['lethe-delivery-images']);
    expect(personal.all('AWS::IAM::Role')).toEqual([]);
    expect(personal.all('AWS::ECR::Repository').length).toBe(storeServices.length);
    const reports = personal.read<{ pluginReports: { conclusion: string }[] }>('validation-report.json').pluginReports;
    expect(reports.map(({ conclusion }) => conclusion)).toEqual(reports.map(() => 'success'));
  });

  it('is changed into one by a pipeline without anything being made anew', () => {
    const named = (delivery: Delivery): string[] =>
      delivery
        .all<RepositoryProperties>('AWS::ECR::Repository', 'lethe-delivery-images')
        .map(({ RepositoryName }) => RepositoryName);
    expect(named(personal)).toEqual(named(pipelined));
  });
});

describe('the pages', () => {
  it('S57: are put up by the role of the stage, in their bucket, and it may tell the tagged distribution alone', () => {
    const statements = pipelined.statements('lethe-delivery-production');
    const of = (action: string): Statement | undefined =>
      statements.find(({ Action }) => list(Action).includes(action));
    expect(written(of('s3:PutObject')?.Resource)).toMatch(/:s3:::lethe-web-333333333333-eu-west-1\/\*$/);
    expect(of('cloudfront:CreateInvalidation')?.Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/project': 'lethe' },
    });
  });
});

describe('GitHub', () => {
  it('has no pipeline beside it, and no key that lasts', () => {
    expect(github.all('AWS::CodePipeline::Pipeline')).toEqual([]);
    expect(pipelined.all('AWS::IAM::OIDCProvider')).toEqual([]);
    expect(github.all('AWS::IAM::AccessKey')).toEqual([]);
  });

  it('S57: is let in by a job of the one repository in the one environment, and by nothing else', () => {
    for (const [stack, environment] of [
      ['lethe-delivery-images', 'images'],
      ['lethe-delivery-staging', 'staging'],
      ['lethe-delivery-production', 'production'],
    ] as const) {
      const trusts = github
        .all<{ AssumeRolePolicyDocument: { Statement: { Condition?: object; Principal: object }[] } }>(
          'AWS::IAM::Role',
          stack,
        )
        .flatMap(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement)
        .filter(({ Principal }) => 'Federated' in Principal);
      expect(trusts.map(({ Condition }) => Condition)).toEqual([
        {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': `repo:shop/lethe:environment:${environment}`,
          },
        },
      ]);
    }
  });

  it('pins every action by commit, and gives jobs no more than they need', () => {
    const folder = join(import.meta.dirname, '../../../.github/workflows');
    for (const file of globSync('*.yml', { cwd: folder })) {
      const text = readFileSync(join(folder, file), 'utf8');
      const used = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
      expect(
        used.filter((action) => !/^([\w-]+\/[\w-]+@[0-9a-f]{40}|\.\/\.github\/workflows\/[\w-]+\.yml)$/.test(action)),
      ).toEqual([]);
      expect(text).toMatch(/^permissions:\n {2}contents: read\n/m);
    }
  });
});

describe.each(STAGES)('services of %s', (stage) => {
  const templates = new Templates(stage);
  const services = templates.all<{ ServiceName: string; TaskDefinition: unknown; DeploymentConfiguration?: unknown }>(
    'AWS::ECS::Service',
  );

  it('run what was last registered: stacks register, and the pipeline replaces', () => {
    expect(services.map(({ properties }) => properties.TaskDefinition)).toEqual(
      services.map(({ properties }) => properties.ServiceName),
    );
    const kept = templates
      .all<{ Family: string }>('AWS::ECS::TaskDefinition')
      .filter(
        ({ properties, resource }) => !properties.Family.endsWith('-migrate') && resource.DeletionPolicy !== 'Retain',
      );
    expect(kept).toEqual([]);
  });

  it('grow with the requests of both colours, whichever has them after a deployment', () => {
    const policies = templates.all<{ TargetTrackingScalingPolicyConfiguration?: object }>(
      'AWS::ApplicationAutoScaling::ScalingPolicy',
    );
    const sums = policies.filter(({ properties }) =>
      JSON.stringify(properties).includes('FILL(blue, 0) + FILL(green, 0)'),
    );
    expect(sums.length).toBe(storeServices.length);
    expect(JSON.stringify(policies)).not.toContain('ALBRequestCountPerTarget');
    for (const { properties } of sums)
      expect(JSON.stringify(properties).match(/"MetricName":"RequestCount"/g)?.length).toBe(2);
  });

  it('have workers that are taken back when dead letters come, and when they do not start', () => {
    const watched = services.filter(({ properties }) => properties.ServiceName.endsWith('-worker'));
    const alarmed = watched.filter(({ properties }) =>
      JSON.stringify(properties.DeploymentConfiguration).includes('"Alarms"'),
    );
    for (const { properties } of alarmed)
      expect(properties.DeploymentConfiguration).toMatchObject({
        Alarms: { Enable: true, Rollback: true, AlarmNames: [expect.anything()] },
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
      });
    expect(alarmed.length).toBeGreaterThan(1);
  });
});
