import { Duration } from 'aws-cdk-lib';
import { Artifact, ExecutionMode, type IAction, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import {
  CodeBuildAction,
  CodeStarConnectionsSourceAction,
  ManualApprovalAction,
} from 'aws-cdk-lib/aws-codepipeline-actions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DEPLOYER_ROLE } from '@lethe/delivery';
import type { Construct } from 'constructs';
import { Grants } from '../permissions/grants.js';
import { keyGrant } from '../permissions/messaging-grants.js';
import { BuildProject } from './build-project.js';
import { checkSpec, deploySpec, imagesSpec, recordSpec } from './buildspecs.js';
import { DeliveryStack } from './delivery-stack.js';
import type { DeliveryDefinition, DeliveryStage } from './delivery.js';
import type { ImagesStack } from './images.stack.js';
import { baseGrant, buildGrants, objects, recordGrant } from './step-grants.js';

/** From a push to production: checks, images, and stages, of which some wait until somebody agrees. */
export class PipelineStack extends DeliveryStack {
  readonly #source = new Artifact('Source');
  readonly #images = new Artifact('Images');
  readonly #steps: BuildProject[] = [];
  readonly #approvals: Topic;
  readonly #role: Role;

  constructor(
    scope: Construct,
    private readonly delivery: DeliveryDefinition,
    private readonly images: ImagesStack,
  ) {
    super(scope, 'pipeline', delivery, 'From a push to production.');
    this.#approvals = this.#approvalsTopic();
    this.#role = new Role(this, 'Role', {
      roleName: 'lethe-delivery-pipeline',
      description: 'Begins the steps of the pipeline.',
      assumedBy: new ServicePrincipal('codepipeline.amazonaws.com'),
    });
    this.#pipeline();
    this.#grant();
  }

  #pipeline(): void {
    const pipeline = new Pipeline(this, 'Pipeline', {
      pipelineName: 'lethe',
      pipelineType: PipelineType.V2,
      // One commit after the other: two at a time would compare with the same one.
      executionMode: ExecutionMode.QUEUED,
      artifactBucket: this.images.records,
      role: this.#role.withoutPolicyUpdates(),
      usePipelineRoleForActions: true,
      restartExecutionOnUpdate: false,
    });
    pipeline.addStage({ stageName: 'Source', actions: [this.#sourceAction()] });
    const check = this.#step('check', { spec: checkSpec(), grants: [baseGrant(this)], hours: 2 });
    pipeline.addStage({ stageName: 'Check', actions: [this.#run(check)] });
    const build = this.#step('images', {
      spec: imagesSpec(),
      grants: buildGrants(this, { record: false }),
      hours: 2,
      docker: true,
      variables: this.#imageVariables(),
    });
    pipeline.addStage({ stageName: 'Images', actions: [this.#run(build, { outputs: [this.#images] })] });
    for (const stage of this.delivery.stages) {
      const title = `${stage.name.charAt(0).toUpperCase()}${stage.name.slice(1)}`;
      if (stage.approval) pipeline.addStage({ stageName: `Approve${title}`, actions: [this.#approval(stage)] });
      pipeline.addStage({ stageName: title, actions: [this.#deployAction(stage)] });
    }
    const record = this.#step('record', { spec: recordSpec(), grants: [recordGrant(this)], hours: 1 });
    pipeline.addStage({ stageName: 'Record', actions: [this.#run(record, { inputs: [this.#images] })] });
  }

  #sourceAction(): IAction {
    const { repository, connectionArn } = this.delivery;
    return new CodeStarConnectionsSourceAction({
      actionName: 'Clone',
      owner: repository.owner,
      repo: repository.name,
      branch: repository.branch,
      connectionArn,
      output: this.#source,
      // With the history: what is affected is a difference of commits.
      codeBuildCloneOutput: true,
    });
  }

  #imageVariables(): Record<string, string> {
    const { node, base } = this.delivery.bases;
    return {
      REGISTRY: `${this.account}.dkr.ecr.${this.region}.${this.urlSuffix}`,
      RECORDS_BUCKET: this.images.records.bucketName,
      ...(node === undefined ? {} : { NODE_IMAGE: node }),
      ...(base === undefined ? {} : { BASE_IMAGE: base }),
    };
  }

  #deployAction(stage: DeliveryStage): IAction {
    const account = stage.account ?? this.account;
    const deployer = `arn:${this.partition}:iam::${account}:role/${DEPLOYER_ROLE}`;
    const context = { images: `${this.account}:${this.region}`, ...stage.context };
    const step = this.#step(stage.name, {
      spec: deploySpec(),
      grants: [{ actions: ['sts:AssumeRole'], resources: [deployer], because: `takes commits to ${stage.name}` }],
      // Two canaries at most, one after the other, where the second takes the first back; and migrations.
      hours: 4,
      variables: {
        STAGE: stage.name,
        STAGE_REGION: stage.region,
        DEPLOYER: deployer,
        SMOKE_ORIGIN: `https://${stage.domain}`,
        CDK_CONTEXT: Object.entries({ ...context, region: stage.region })
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
      },
    });
    return this.#run(step, { inputs: [this.#images] });
  }

  #step(
    name: string,
    options: Omit<ConstructorParameters<typeof BuildProject>[2], 'delivery' | 'images'>,
  ): BuildProject {
    const step = new BuildProject(this, name, { delivery: this.delivery, images: this.images, ...options });
    this.#steps.push(step);
    return step;
  }

  #run({ step, project }: BuildProject, artifacts: { inputs?: Artifact[]; outputs?: Artifact[] } = {}): IAction {
    const { inputs = [], outputs = [] } = artifacts;
    return new CodeBuildAction({ actionName: step, project, input: this.#source, extraInputs: inputs, outputs });
  }

  #approval({ name, domain }: DeliveryStage): IAction {
    return new ManualApprovalAction({
      actionName: 'Approve',
      notificationTopic: this.#approvals,
      additionalInformation: `What runs in the stage before is to go to ${name} (${domain}).`,
      timeout: Duration.days(7),
    });
  }

  #approvalsTopic(): Topic {
    const topic = new Topic(this, 'Approvals', {
      topicName: 'lethe-approvals',
      masterKey: this.images.key,
      enforceSSL: true,
    });
    topic.addSubscription(new EmailSubscription(this.delivery.operators));
    return topic;
  }

  #grant(): void {
    const { records, key } = this.images;
    new Grants(this, 'Grants', this.#role, [
      {
        actions: ['s3:GetBucketLocation', 's3:GetBucketVersioning', 's3:ListBucket'],
        resources: [records.bucketArn],
        because: 'finds what steps hand to each other',
      },
      {
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [objects(this, 'lethe/')],
        because: 'hands on what steps make',
      },
      keyGrant(this, key.keyArn, ['s3', 'sns'], 'artifacts are encrypted, and so are requests for approval'),
      {
        actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
        resources: [this.delivery.connectionArn],
        because: 'hears of pushes, and fetches the sources',
      },
      {
        actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
        resources: this.#steps.map(({ project }) => project.projectArn),
        because: 'begins the steps, and waits for them',
      },
      {
        actions: ['sns:Publish'],
        resources: [this.#approvals.topicArn],
        because: 'asks for approval',
      },
    ]);
  }
}
