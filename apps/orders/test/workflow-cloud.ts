import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { type Workflow, stateMachineName, storeWorkflows } from '@lethe/contracts';
import { type TestStepFunctions, startTestStepFunctions } from '@lethe/local-cloud';
import { z } from 'zod';
import type { Answer, OrdersApp } from './orders-app.js';

const WORKFLOWS = join(import.meta.dirname, '../../functions/workflows');
const REGION = 'eu-west-1';
const payloadSchema = z.object({
  step: z.string(),
  orderId: z.string().optional(),
  refundId: z.string().optional(),
  checks: z.int().default(0),
});
export type StepPayload = z.output<typeof payloadSchema>;

/** The real local runner of the store's state machines, with steps that are asked of orders as the functions ask. */
export class WorkflowCloud {
  /** Steps that were begun, in order, by order or refund. */
  readonly begun: string[] = [];
  /** Runs before a step; an error of it is the function's. */
  before: (payload: StepPayload) => Promise<void> | void = () => undefined;
  /** Set once the service runs; the cloud runs before it. */
  orders: OrdersApp | undefined;
  readonly #client: SFNClient;

  private constructor(
    private readonly server: Server,
    private readonly sfn: TestStepFunctions,
  ) {
    this.#client = new SFNClient({
      region: REGION,
      endpoint: sfn.env['AWS_ENDPOINT_URL_SFN'] ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  /** Starts it with the store's state machines, and lets clients of this process find it. */
  static async start(): Promise<WorkflowCloud> {
    const server = createServer((request, response) => {
      cloud
        .#answer(request)
        .then(({ failed, body }) =>
          response.writeHead(200, failed ? { 'x-amz-function-error': 'Unhandled' } : {}).end(body),
        )
        .catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // It listens on TCP.
    const functionsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cloud = new WorkflowCloud(server, await startTestStepFunctions({ functionsUrl }));
    await Promise.all(storeWorkflows.map(({ name, definition }) => cloud.#create(name, definition)));
    process.env['AWS_ENDPOINT_URL_SFN'] = cloud.sfn.env['AWS_ENDPOINT_URL_SFN'];
    return cloud;
  }

  /** Kills the runner with SIGKILL; another takes its place. */
  kill(): Promise<void> {
    return this.sfn.kill();
  }

  /** How an execution stands. */
  async execution(workflow: Workflow, name: string) {
    const machine = stateMachineName(workflow);
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:${machine}:${name}`;
    const { status, error } = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
    return { status, error };
  }

  /** Steps of one order or refund, in the order in which they were begun. */
  stepsOf(id: string): string[] {
    return this.begun.filter((step) => step.startsWith(`${id} `)).map((step) => step.slice(id.length + 1));
  }

  async stop(): Promise<void> {
    delete process.env['AWS_ENDPOINT_URL_SFN'];
    this.#client.destroy();
    await this.sfn.stop();
    this.server.closeAllConnections();
    this.server.close();
  }

  async #create(name: string, definition: string): Promise<void> {
    const text = await readFile(join(WORKFLOWS, definition), 'utf8');
    const roleArn = `arn:aws:iam::000000000000:role/${name}`;
    await this.#client.send(new CreateStateMachineCommand({ name, definition: text, roleArn }));
  }

  async #answer(request: AsyncIterable<unknown>): Promise<{ readonly failed: boolean; readonly body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = payloadSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    try {
      return { failed: false, body: JSON.stringify(await this.#step(payload)) };
    } catch (error) {
      const { name, message } = error as Error;
      return { failed: true, body: JSON.stringify({ errorType: name, errorMessage: message }) };
    }
  }

  /** As `apps/functions` does it. */
  async #step(payload: StepPayload): Promise<object> {
    const { step, orderId, refundId, checks } = payload;
    const path = orderId === undefined ? `refunds/${refundId}` : `fulfilments/${orderId}`;
    this.begun.push(`${orderId ?? refundId} ${step}`);
    await this.before(payload);
    const answer = await this.orders?.call('POST', `/orders/internal/${path}/${step}`, {
      service: 'functions',
      body: {},
    });
    if (answer?.status !== 200) throw failureOf(answer);
    return { ...answer.body, checks: checks + 1 };
  }
}

function failureOf(answer: Answer | undefined): Error {
  const error = new Error(`orders answered ${answer?.status}: ${JSON.stringify(answer?.body)}`);
  error.name = answer?.status === 409 || answer?.status === 404 ? 'StepRefusedError' : 'ServiceUnavailableError';
  return error;
}
