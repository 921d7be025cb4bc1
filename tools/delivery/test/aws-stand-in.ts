import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const textsSchema = z.looseObject({
  Name: z.string().default(''),
  Value: z.string().default(''),
  service: z.string().default(''),
  services: z.array(z.string()).default([]),
  taskDefinition: z.string().default(''),
  applicationName: z.string().default(''),
  deploymentId: z.string().default(''),
  tasks: z.array(z.string()).default([]),
  repositoryName: z.string().default(''),
  repositoryNames: z.array(z.string()).default([]),
  SecretId: z.string().default(''),
  SecretString: z.string().default(''),
  ClientRequestToken: z.string().default(''),
  imageIds: z.array(z.object({ imageTag: z.string() })).default([]),
  revision: z.object({ appSpecContent: z.object({ content: z.string() }) }).optional(),
});
type Input = z.output<typeof textsSchema>;
type Answer = readonly [status: number, body: object];

interface RunningService {
  current: string;
  readonly controller: 'CODE_DEPLOY' | 'ECS';
  /** What it was told to run, and how that went. */
  deployment?: { readonly taskDefinition: string; readonly state: 'COMPLETED' | 'FAILED' };
}

const fault = (name: string): Answer => [400, { __type: name, message: name }];
const NETWORK = {
  awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'DISABLED' },
};

/**
 * Speaks the protocol of SSM, ECS, CodeDeploy, ECR and Secrets Manager, JSON 1.1 over HTTP with the operation in a header, and
 * of CloudFront, XML, so that real requests are answered, and keeps what a stage would: parameters, secrets, definitions of
 * tasks, what runs.
 */
export class AwsStandIn {
  readonly asked: string[] = [];
  readonly parameters = new Map<string, string>();
  readonly services = new Map<string, RunningService>();
  /** The newest revision of each family. */
  readonly definitions = new Map<string, string>();
  readonly images = new Map<string, string>();
  readonly repositories = new Set<string>();
  readonly secrets = new Map<string, string>();
  /** Paths that CloudFront was told to forget, by distribution. */
  readonly invalidated: { readonly distribution: string; readonly paths: readonly string[] }[] = [];
  /** Answers to come before any other, as a service that has too much to do gives them. */
  readonly troubles: number[] = [];
  /** Severities that the scan of every image finds. */
  findings: Readonly<Record<string, number>> = {};
  /** Names of services that AWS takes back. */
  readonly refused = new Set<string>();
  /** What a task of a family ends with. */
  runTask: (family: string) => Promise<number> = () => Promise.resolve(0);
  readonly #exits = new Map<string, number>();
  readonly #deployments = new Map<string, string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
  }

  /** Listens, and gives the variables by which the SDK comes here. */
  async start(): Promise<Record<string, string>> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const names = ['SSM', 'ECS', 'CODEDEPLOY', 'ECR', 'SECRETS_MANAGER', 'CLOUDFRONT'].map(
      (name) => [`AWS_ENDPOINT_URL_${name}`, url] as const,
    );
    return { ...Object.fromEntries(names), AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Those of the operations asked for that change something, with what they change. */
  get changes(): string[] {
    return this.asked.filter((one) => !/^(Get|Describe)/.test(one));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const trouble = this.troubles.shift();
    if (trouble !== undefined) {
      response.writeHead(trouble).end('<html>too much to do</html>');
      return;
    }
    const [, distribution] = /^\/2020-05-31\/distribution\/(\w+)\/invalidation$/.exec(request.url ?? '') ?? [];
    if (distribution !== undefined) {
      this.#invalidate(distribution, body, response);
      return;
    }
    const input = textsSchema.parse(JSON.parse(body));
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const [status, answer] = await this.#operation(operation, input);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  }

  #operation(operation: string, input: Input): Answer | Promise<Answer> {
    const operations: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
      GetParameter: () => this.#getParameter(input),
      PutParameter: () => this.#putParameter(input),
      DescribeServices: () => this.#describeServices(input),
      DescribeTaskDefinition: () => [
        200,
        { taskDefinition: { taskDefinitionArn: this.definitions.get(input.taskDefinition) } },
      ],
      UpdateService: () => this.#updateService(input),
      RunTask: () => this.#runTask(input),
      DescribeTasks: () => this.#describeTasks(input),
      CreateDeployment: () => this.#createDeployment(input),
      GetDeployment: () => this.#getDeployment(input),
      DescribeImages: () => this.#describeImages(input),
      DescribeRepositories: () =>
        input.repositoryNames.every((name) => this.repositories.has(name))
          ? [200, { repositories: [] }]
          : fault('RepositoryNotFoundException'),
      GetAuthorizationToken: () => [
        200,
        { authorizationData: [{ authorizationToken: Buffer.from('AWS:of-a-registry').toString('base64') }] },
      ],
      GetSecretValue: () => this.#getSecret(input),
      PutSecretValue: () => this.#putSecret(input),
      DescribeImageScanFindings: () => [
        200,
        { imageScanStatus: { status: 'ACTIVE' }, imageScanFindings: { findingSeverityCounts: this.findings } },
      ],
    };
    return operations[operation]?.() ?? fault('UnknownOperationException');
  }

  #getParameter({ Name }: Input): Answer {
    const Value = this.parameters.get(Name);
    return Value === undefined ? fault('ParameterNotFound') : [200, { Parameter: { Name, Value, Type: 'String' } }];
  }

  #putParameter({ Name, Value }: Input): Answer {
    this.asked.push(`PutParameter ${Name}=${Value}`);
    this.parameters.set(Name, Value);
    return [200, { Version: 1 }];
  }

  #getSecret({ SecretId }: Input): Answer {
    const SecretString = this.secrets.get(SecretId);
    return SecretString === undefined
      ? fault('ResourceNotFoundException')
      : [200, { Name: SecretId, SecretString, VersionStages: ['AWSCURRENT'] }];
  }

  #putSecret({ SecretId, SecretString, ClientRequestToken }: Input): Answer {
    if (ClientRequestToken.length < 32) return fault('InvalidParameterException');
    if (!this.secrets.has(SecretId)) return fault('ResourceNotFoundException');
    this.asked.push(`PutSecretValue ${SecretId}`);
    this.secrets.set(SecretId, SecretString);
    return [200, { Name: SecretId }];
  }

  #invalidate(distribution: string, body: string, response: ServerResponse): void {
    if (distribution === 'NONE') {
      response
        .writeHead(404)
        .end('<ErrorResponse><Error><Message>no such distribution</Message></Error></ErrorResponse>');
      return;
    }
    const paths = [...body.matchAll(/<Path>([^<]*)<\/Path>/g)].map(([, path = '']) => path);
    const [, quantity] = /<Quantity>(\d+)<\/Quantity>/.exec(body) ?? [];
    if (Number(quantity) !== paths.length) {
      response.writeHead(400).end('<ErrorResponse><Error><Message>wrong quantity</Message></Error></ErrorResponse>');
      return;
    }
    this.asked.push(`CreateInvalidation ${distribution}`);
    this.invalidated.push({ distribution, paths });
    response.writeHead(201, { 'content-type': 'text/xml' }).end('<Invalidation><Id>I1</Id></Invalidation>');
  }

  #describeServices({ services }: Input): Answer {
    const found = services.flatMap((serviceName) => {
      const running = this.services.get(serviceName);
      if (running === undefined) return [];
      const { current, controller, deployment } = running;
      const shown = deployment ?? { taskDefinition: current, state: 'COMPLETED' };
      return {
        serviceName,
        networkConfiguration: NETWORK,
        deploymentController: { type: controller },
        ...(controller === 'CODE_DEPLOY'
          ? { taskSets: [{ status: 'PRIMARY', taskDefinition: current }] }
          : {
              taskDefinition: current,
              deployments: [{ status: 'PRIMARY', taskDefinition: shown.taskDefinition, rolloutState: shown.state }],
            }),
      };
    });
    return [200, { services: found, failures: [] }];
  }

  #updateService({ service, taskDefinition }: Input): Answer {
    this.asked.push(`UpdateService ${service}=${taskDefinition}`);
    const running = this.services.get(service);
    if (running === undefined) return fault('ServiceNotFoundException');
    const state = this.refused.has(service) ? 'FAILED' : 'COMPLETED';
    running.deployment = { taskDefinition, state };
    if (state === 'COMPLETED') running.current = taskDefinition;
    return [200, { service: { serviceName: service } }];
  }

  async #runTask({ taskDefinition }: Input): Promise<Answer> {
    this.asked.push(`RunTask ${taskDefinition}`);
    const taskArn = `arn:aws:ecs:eu-west-1:111122223333:task/lethe/${this.#exits.size + 1}`;
    this.#exits.set(taskArn, await this.runTask(taskDefinition));
    return [200, { tasks: [{ taskArn, lastStatus: 'PROVISIONING' }], failures: [] }];
  }

  #describeTasks({ tasks: [taskArn = ''] }: Input): Answer {
    const exitCode = this.#exits.get(taskArn);
    const task = { taskArn, lastStatus: 'STOPPED', stoppedReason: 'Essential container exited' };
    return [200, { tasks: [{ ...task, containers: [{ name: 'service', exitCode }] }] }];
  }

  #createDeployment({ applicationName, revision }: Input): Answer {
    const content = z
      .object({
        Resources: z.tuple([
          z.object({ TargetService: z.object({ Properties: z.object({ TaskDefinition: z.string() }) }) }),
        ]),
      })
      .parse(JSON.parse(revision?.appSpecContent.content ?? ''));
    const taskDefinition = content.Resources[0].TargetService.Properties.TaskDefinition;
    this.asked.push(`CreateDeployment ${applicationName}=${taskDefinition}`);
    const running = this.services.get(applicationName);
    if (running === undefined) return fault('DeploymentGroupDoesNotExistException');
    const refused = this.refused.has(applicationName);
    if (!refused) running.current = taskDefinition;
    const deploymentId = `d-${this.#deployments.size + 1}`;
    this.#deployments.set(deploymentId, refused ? 'Stopped' : 'Succeeded');
    return [200, { deploymentId }];
  }

  #getDeployment({ deploymentId }: Input): Answer {
    const status = this.#deployments.get(deploymentId);
    const errorInformation =
      status === 'Stopped' ? { code: 'ALARM_ACTIVE', message: 'One or more alarms have been activated' } : undefined;
    return [200, { deploymentInfo: { deploymentId, status, errorInformation } }];
  }

  #describeImages({ repositoryName, imageIds: [image] }: Input): Answer {
    const imageDigest = this.images.get(`${repositoryName}:${image?.imageTag}`);
    return imageDigest === undefined ? fault('ImageNotFoundException') : [200, { imageDetails: [{ imageDigest }] }];
  }
}
