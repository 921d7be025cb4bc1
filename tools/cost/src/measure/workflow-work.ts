import { type HistoryEvent, ListExecutionsCommand, SFNClient, paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { stateMachineName } from '@lethe/contracts';
import { type RunningStore } from '@lethe/store';
import type { Profile } from '../data/profile.js';
import { MeasurementError } from '../cost.errors.js';

/** Executions that are looked at; each is like the others. */
const LOOKED_AT = 10;

/** Transitions and invocations of a fulfilment from order to door, as Step Functions writes them down. */
export async function measureWorkflow(store: RunningStore): Promise<Profile['workflow']> {
  const { AWS_REGION, AWS_ENDPOINT_URL_SFN, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = store.awsEnv;
  const client = new SFNClient({
    region: AWS_REGION ?? '',
    endpoint: AWS_ENDPOINT_URL_SFN ?? '',
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID ?? '', secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '' },
  });
  try {
    const stateMachineArn = `arn:aws:states:${AWS_REGION}:000000000000:stateMachine:${stateMachineName('fulfilment')}`;
    const { executions = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED', maxResults: LOOKED_AT }),
    );
    const histories = await Promise.all(
      executions.map(async ({ executionArn }) => {
        const events: HistoryEvent[] = [];
        for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
          events.push(...(page.events ?? []));
        return events;
      }),
    );
    return workOf(histories);
  } finally {
    client.destroy();
  }
}

/** The mean of what executions took. Throws a {@link MeasurementError} where there is none. */
export function workOf(histories: readonly (readonly HistoryEvent[])[]): Profile['workflow'] {
  if (histories.length === 0) throw new MeasurementError('no fulfilment has ended');
  const events = histories.flat();
  // What is billed is every state that is entered. Source: "AWS Step Functions pricing".
  const transitions = events.filter(({ type }) => type?.endsWith('StateEntered')).length;
  const steps = events.filter(({ type }) => type === 'TaskStateEntered').length;
  const seconds = events.reduce((sum, event, at) => {
    if (event.type !== 'TaskStateExited') return sum;
    const entered = events.slice(0, at).findLast(({ type }) => type === 'TaskStateEntered');
    return sum + ((event.timestamp?.getTime() ?? 0) - (entered?.timestamp?.getTime() ?? 0)) / 1_000;
  }, 0);
  const mean = (sum: number, count: number): number => Number((sum / Math.max(1, count)).toPrecision(4));
  return {
    transitionsPerOrder: mean(transitions, histories.length),
    invocationsPerOrder: mean(steps, histories.length),
    secondsPerInvocation: mean(seconds, steps),
  };
}
