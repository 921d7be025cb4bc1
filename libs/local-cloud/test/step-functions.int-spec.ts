import { randomUUID } from 'node:crypto';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  InvalidDefinition,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineAlreadyExists,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deferred, eventually } from '@lethe/testing';
import { type TestStepFunctions, startTestStepFunctions } from '../src/index.js';
import { FunctionsStub } from './support/functions-stub.js';

let functions: FunctionsStub;
let cloud: TestStepFunctions;
let sfn: SFNClient;

async function startAnew(): Promise<void> {
  functions = await FunctionsStub.start();
  cloud = await startTestStepFunctions({ functionsUrl: functions.url });
  sfn = new SFNClient({
    region: 'us-east-1',
    endpoint: cloud.env['AWS_ENDPOINT_URL_SFN'] ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}
async function stop(): Promise<void> {
  sfn.destroy();
  await cloud.stop();
  await functions.stop();
}
beforeAll(startAnew);
afterAll(stop);
beforeEach(() => {
  functions.calls.length = 0;
  functions.behaviour = () => ({});
});

const invoke = (step: string, more: object): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'a-step', Payload: { step, 'order.$': '$.order' } },
  ResultPath: null,
  ...more,
});

async function create(states: Record<string, object>, more: object = {}): Promise<string> {
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
  const request = { name: `m-${randomUUID()}`, definition, roleArn: 'arn:aws:iam::000000000000:role/workflows' };
  const { stateMachineArn = '' } = await sfn.send(new CreateStateMachineCommand(request));
  return stateMachineArn;
}

async function start(stateMachineArn: string, input: object = { order: 'o' }, name: string = randomUUID()) {
  const request = { stateMachineArn, name, input: JSON.stringify(input) };
  const { executionArn = '' } = await sfn.send(new StartExecutionCommand(request));
  return executionArn;
}

const describeExecution = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));

function ends(executionArn: string, status: string) {
  return eventually(
    async () => {
      const execution = await describeExecution(executionArn);
      expect(execution.status).toBe(status);
      return execution;
    },
    { timeoutMs: 30_000 },
  );
}

const threeSteps = {
  Pick: invoke('pick', { Next: 'Pack' }),
  Pack: invoke('pack', { Next: 'Ship' }),
  Ship: invoke('ship', { ResultSelector: { 'at.$': '$.Payload.at' }, ResultPath: '$.shipped', End: true }),
};

describe('the embedded Step Functions', () => {
  it('runs a state machine whose tasks are functions, and tells how it went', async () => {
    functions.behaviour = ({ step }) => ({ at: step });
    const arn = await start(await create(threeSteps));

    const { output, input } = await ends(arn, 'SUCCEEDED');

    expect(JSON.parse(output ?? '')).toEqual({ order: 'o', shipped: { at: 'ship' } });
    expect(input).toBe('{"order":"o"}');
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
    expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '1 ExecutionStarted',
      ...['2', '4', '6'].flatMap((n) => [`${n} TaskStateEntered`, `${Number(n) + 1} TaskStateExited`]),
      '8 ExecutionSucceeded',
    ]);
  });

  it('R14: starts an execution once per name, and says so where it has ended or is another', async () => {
    const machine = await create(threeSteps);
    const hold = deferred<object>();
    functions.behaviour = ({ step }) => (step === 'ship' ? hold.promise : {});
    const name = randomUUID();
    const arns = await Promise.all(Array.from({ length: 20 }, () => start(machine, { order: 'o' }, name)));

    expect(new Set(arns).size).toBe(1);
    await expect(start(machine, { order: 'another' }, name)).rejects.toThrow(ExecutionAlreadyExists);
    hold.resolve({ at: 1 });
    await ends(arns[0] ?? '', 'SUCCEEDED');
    await expect(start(machine, { order: 'o' }, name)).rejects.toThrow(ExecutionAlreadyExists);
    expect(functions.calls).toEqual(['a-step:pick', 'a-step:pack', 'a-step:ship']);
  });

  it('retries as the machine says, then catches, and compensates', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2, MaxDelaySeconds: 1 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Undo' }];
    const machine = await create({
      Pick: invoke('pick', { Retry, Catch, Next: 'Done' }),
      Done: { Type: 'Succeed' },
      Undo: invoke('undo', { Next: 'Failed' }),
      Failed: { Type: 'Fail', Error: 'CalledOff', Cause: 'for good' },
    });
    functions.behaviour = ({ step }) => {
      if (step === 'pick') throw new RangeError('nothing on the shelf');
      return {};
    };

    const { error, cause } = await ends(await start(machine), 'FAILED');

    expect({ error, cause }).toEqual({ error: 'CalledOff', cause: 'for good' });
    expect(functions.calls).toEqual(['a-step:pick', 'a-step:pick', 'a-step:pick', 'a-step:undo']);
  });

  it('gives errors the names that they have on AWS', async () => {
    const Catch = ['RangeError', 'States.Timeout', 'Lambda.SdkClientException'].map((error) => ({
      ErrorEquals: [error],
      ResultPath: '$.error',
      Next: 'End',
    }));
    const states = { Pick: invoke('pick', { TimeoutSeconds: 1, Catch, Next: 'End' }), End: { Type: 'Succeed' } };
    const machine = await create(states);
    const answers: Record<string, () => unknown> = {
      thrown: () => {
        throw new RangeError('too much');
      },
      late: () => new Promise(() => undefined),
    };
    functions.behaviour = ({ order }) => answers[String(order)]?.();

    const outputs = await Promise.all(
      Object.keys(answers).map(async (order) => {
        const { output = '' } = await ends(await start(machine, { order }), 'SUCCEEDED');
        return (JSON.parse(output) as { readonly error: { readonly Error: string; readonly Cause: string } }).error;
      }),
    );

    expect(outputs.map(({ Error: name }) => name)).toEqual(['RangeError', 'States.Timeout']);
    expect(JSON.parse(outputs[0]?.Cause ?? '')).toEqual({ errorType: 'RangeError', errorMessage: 'too much' });
  });

  it('refuses what it would get wrong, instead of ignoring it', async () => {
    const token = invoke('pick', { Parameters: { 'token.$': '$$.Task.Token' }, End: true });
    await expect(create({ Pick: token })).rejects.toThrow(InvalidDefinition);
    await expect(create(threeSteps, { QueryLanguage: 'JSONata' })).rejects.toThrow(/JSONata/);
    await expect(create({ Pick: invoke('pick', { Next: 'Nowhere' }) })).rejects.toThrow(InvalidDefinition);
  });

  it('R38: an execution ends by the definition that it was started with', async () => {
    const hold = deferred<object>();
    functions.behaviour = ({ step }) => (step === 'pick' ? hold.promise : {});
    const stateMachineArn = await create(threeSteps);
    const arn = await start(stateMachineArn);
    await eventually(() => expect(functions.calls).toEqual(['a-step:pick']));

    const definition = JSON.stringify({ StartAt: 'Pick', States: { Pick: invoke('other', { End: true }) } });
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    hold.resolve({});
    await ends(arn, 'FAILED');
    await ends(await start(stateMachineArn), 'SUCCEEDED');

    expect(functions.calls).toEqual(['a-step:pick', 'a-step:pack', 'a-step:ship', 'a-step:other']);
  });

  it('makes a machine once, lists machines and executions page by page, and stops an execution', async () => {
    const machine = await create({ Wait: { Type: 'Wait', Seconds: 3_600, End: true } });
    const arns = await Promise.all(Array.from({ length: 5 }, () => start(machine)));
    await sfn.send(new StopExecutionCommand({ executionArn: arns[0] ?? '', error: 'by hand' }));

    const running = { stateMachineArn: machine, statusFilter: 'RUNNING', maxResults: 3 } as const;
    const first = await sfn.send(new ListExecutionsCommand(running));
    const second = await sfn.send(new ListExecutionsCommand({ ...running, nextToken: first.nextToken }));

    expect([first.executions?.length, second.executions?.length, second.nextToken]).toEqual([3, 1, undefined]);
    expect(await describeExecution(arns[0] ?? '')).toMatchObject({ status: 'ABORTED', error: 'by hand' });
    const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines.map(({ stateMachineArn }) => stateMachineArn)).toContain(machine);
    const name = machine.split(':').at(-1) ?? '';
    const again = { name, definition: '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}', roleArn: 'r' };
    await expect(sfn.send(new CreateStateMachineCommand(again))).rejects.toThrow(StateMachineAlreadyExists);
  });
});

describe('a runner that is killed', () => {
  // One that died often lately is started again later and later.
  beforeEach(async () => {
    await stop();
    await startAnew();
  });

  it('R02 R24: does no finished step twice, whichever step it dies in', async () => {
    const machine = await create(threeSteps);
    for (const dyingIn of ['pick', 'pack', 'ship']) {
      functions.calls.length = 0;
      const reached = deferred();
      const hold = deferred<object>();
      functions.behaviour = ({ step }) => {
        if (step !== dyingIn || functions.calls.filter((call) => call.endsWith(dyingIn)).length > 1)
          return { at: step };
        reached.resolve();
        return hold.promise;
      };
      const arn = await start(machine);
      await reached.promise;

      await cloud.kill();
      hold.resolve({});
      const { output } = await ends(arn, 'SUCCEEDED');

      expect(JSON.parse(output ?? '')).toEqual({ order: 'o', shipped: { at: 'ship' } });
      const steps = functions.calls.map((call) => call.split(':')[1]);
      // Only the step that was under way is begun anew: whether it had its effect, nobody knows.
      expect(steps).toEqual(['pick', 'pack', 'ship'].flatMap((step) => (step === dyingIn ? [step, step] : [step])));
    }
  }, 60_000);

  it('remembers the attempts of before, and how long a wait still lasts', async () => {
    const Retry = [{ ErrorEquals: ['RangeError'], IntervalSeconds: 1, MaxDelaySeconds: 1, MaxAttempts: 3 }];
    const machine = await create({
      Pick: invoke('pick', { Retry, Next: 'Transit' }),
      Transit: { Type: 'Wait', SecondsPath: '$.transit', Next: 'Deliver' },
      Deliver: invoke('deliver', { End: true }),
    });
    functions.behaviour = ({ step }) => {
      if (step === 'pick' && functions.calls.length < 4) throw new RangeError('not yet');
      return {};
    };
    const arn = await start(machine, { order: 'o', transit: 2 });
    await eventually(() => expect(functions.calls).toHaveLength(2));
    await cloud.kill();
    // Not before the outcome is written down: a step whose answer was lost is begun again, and rightly so.
    await eventually(async () => {
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
      expect(events.map(({ type }) => type)).toContain('TaskStateExited');
    });
    await cloud.kill();

    const { startDate, stopDate } = await ends(arn, 'SUCCEEDED');

    expect(functions.calls).toEqual([...Array<string>(4).fill('a-step:pick'), 'a-step:deliver']);
    expect((stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0)).toBeGreaterThan(2_000);
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
    const types = events.map(({ type }) => type);
    // The attempt that was under way counts only if its failure was written down.
    expect([2, 3]).toContain(types.filter((type) => type === 'TaskFailed').length);
    expect(types.filter((type) => type !== 'TaskFailed')).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'TaskStateEntered',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('goes on with branches that were under way at once', async () => {
    const branch = (states: Record<string, object>) => ({ StartAt: Object.keys(states)[0], States: states });
    const machine = await create({
      Both: {
        Type: 'Parallel',
        Branches: [
          branch({ Print: invoke('print', { ResultPath: '$.print', End: true }) }),
          branch({ Dry: { Type: 'Wait', Seconds: 2, Next: 'Fold' }, Fold: invoke('fold', { End: true }) }),
        ],
        End: true,
      },
    });
    functions.behaviour = ({ step }) => ({ did: step });
    const arn = await start(machine);
    await eventually(async () => {
      const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn: arn }));
      expect(events.map(({ type }) => type)).toContain('ParallelStateEntered');
      expect(functions.calls).toEqual(['a-step:print']);
    });

    await cloud.kill();
    const { output = '' } = await ends(arn, 'SUCCEEDED');

    expect(JSON.parse(output)).toMatchObject([{ order: 'o', print: { Payload: { did: 'print' } } }, { order: 'o' }]);
    expect(functions.calls.filter((call) => call.endsWith('fold'))).toHaveLength(1);
  }, 60_000);

  it('R02 R24: does no finished step twice, at whatever moment it dies', async () => {
    const machine = await create(threeSteps);
    const begun = new Map<string, string[]>();
    functions.behaviour = ({ step, order }) => {
      begun.set(String(order), [...(begun.get(String(order)) ?? []), String(step)]);
      return { at: step };
    };
    const arns = await Promise.all(Array.from({ length: 150 }, (_, n) => start(machine, { order: `${n}` })));
    for (const share of [0.2, 0.5, 0.8]) {
      await eventually(() => expect(functions.calls.length).toBeGreaterThan(share * arns.length * 3));
      await cloud.kill();
    }
    for (const arn of arns) await ends(arn, 'SUCCEEDED');

    // A step begins only once the one before it was written down: after that, that one is never begun again.
    const order = ['pick', 'pack', 'ship'];
    for (const steps of begun.values()) {
      expect(steps).toEqual(steps.toSorted((one, other) => order.indexOf(one) - order.indexOf(other)));
      expect(new Set(steps).size).toBe(3);
    }
    expect(functions.calls.length).toBeLessThan(arns.length * 3 + 3 * 32 + 1);
  }, 60_000);

  it('holds hundreds that wait without their memory, and ends them all', async () => {
    const machine = await create({ Pick: invoke('pick', { End: true }) });
    const hold = deferred<object>();
    functions.behaviour = () => hold.promise;
    const arns: string[] = [];
    for (let at = 0; at < 8; at += 1) {
      arns.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => start(machine, { order: `${at}.${n}` })))));
    }
    // No more under way at once than the runner has room for.
    await eventually(() => expect(functions.calls).toHaveLength(32));
    functions.behaviour = () => ({});
    hold.resolve({});

    await eventually(
      async () => {
        const running = { stateMachineArn: machine, statusFilter: 'RUNNING' } as const;
        const { executions } = await sfn.send(new ListExecutionsCommand(running));
        expect(executions).toEqual([]);
      },
      { timeoutMs: 30_000 },
    );

    expect(functions.calls).toHaveLength(arns.length);
  }, 60_000);
});
