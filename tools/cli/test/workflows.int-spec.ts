import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestStepFunctions, startTestStepFunctions } from '@lethe/local-cloud';
import { provisionWorkflows } from '@lethe/store';
import { eventually } from '@lethe/testing';
import { Cli } from './cli.fixture.js';

/** Nothing listens there: every step fails at once, and is tried again. */
const NOWHERE = 'http://127.0.0.1:9';
const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine';

describe('lethe workflows', () => {
  const cli = new Cli();
  let sfn: TestStepFunctions;
  const before = { ...process.env };
  beforeAll(async () => {
    sfn = await startTestStepFunctions({ functionsUrl: NOWHERE });
    Object.assign(process.env, sfn.env);
    await provisionWorkflows('us-east-1', '000000000000');
    await provisionWorkflows('us-east-1', '000000000000');
    const client = new SFNClient({ region: 'us-east-1' });
    const input = { orderId: 'an-order', amount: 1, approvalAbove: 5, waitSeconds: 1, transitSeconds: 1 };
    const waiting = { stateMachineArn: `${ARN}:lethe-fulfilment`, name: 'waits', input: JSON.stringify(input) };
    await client.send(new StartExecutionCommand(waiting));
    await client.send(
      new StartExecutionCommand({ stateMachineArn: `${ARN}:lethe-refund`, name: 'fails', input: '{}' }),
    );
    client.destroy();
  });
  afterAll(async () => {
    await sfn.stop();
    cli.close();
    process.env = before;
  });

  it('lists the state machines with the executions in each state', async () => {
    cli.pretendToRun(sfn.env);
    await eventually(async () => {
      const { code, out } = await cli.run('workflows list --json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        workflows: [
          { name: 'lethe-fulfilment', executions: { RUNNING: 1, FAILED: 0 } },
          { name: 'lethe-refund', executions: { RUNNING: 0, FAILED: 1 } },
        ],
      });
    });

    const { out } = await cli.run('workflows list');
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^workflow +states +running +succeeded +failed +timed out +aborted$/),
      expect.stringMatching(/^lethe-fulfilment +\d+ +1 +0 +0 +0 +0$/),
      expect.stringMatching(/^lethe-refund +\d+ +0 +0 +1 +0 +0$/),
    ]);
  });

  it('shows a workflow with its executions, and what happened in one', async () => {
    cli.pretendToRun(sfn.env);

    const shown = await cli.run('workflows show fulfilment');
    const failed = await cli.run('workflows show refund --status RUNNING --json');
    const history = await cli.run('workflows show lethe-refund --execution fails');

    expect(shown.out).toMatch(/Pick +Task +lethe-fulfilment-step pick +101 +Pack, Overtaken, CallOff/);
    expect(shown.out).toMatch(/waits +RUNNING +\d{4}-/);
    expect(JSON.parse(failed.out)).toMatchObject({ name: 'lethe-refund', executions: [] });
    expect(history.out).toMatch(/ChoiceStateEntered +NeedsApproval/);
    expect(history.out).toMatch(/ExecutionFailed +States\.Runtime/);
  });

  it('draws a workflow without asking any cloud', async () => {
    const [mermaid, dot] = [
      await cli.run('workflows diagram fulfilment'),
      await cli.run('workflows diagram refund --format dot'),
    ];

    expect(mermaid.out).toMatch(/^flowchart TD\n/);
    expect(mermaid.out).toContain('  start --> NeedsApproval\n');
    expect(mermaid.out).toContain('  NeedsApproval -->|"amount > approvalAbove"| AskForApproval\n');
    expect(mermaid.out).toContain('  Pick -.->|"any error"| CallOff\n');
    expect(mermaid.out).toContain('  CalledOffWhy -->|"has error"| Failed\n');
    expect(dot.out).toContain('  "HasGoods" -> "Restock" [label="goods"];\n');
  });

  it('names the workflows there are where one asks for another', async () => {
    const { code, err } = await cli.run('workflows diagram returns');

    expect(code).toBe(1);
    expect(err).toContain('no workflow returns: there are fulfilment, refund');
  });
});
