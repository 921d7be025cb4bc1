import {
  type ExecutionListItem,
  ExecutionStatus,
  type HistoryEvent,
  type SFNClient,
  StateMachineDoesNotExist,
  paginateGetExecutionHistory,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';

/** Executions that are counted of one state, at most: beyond it one asks CloudWatch. */
export const MOST_COUNTED = 10_000;
const STATES = [
  ExecutionStatus.RUNNING,
  ExecutionStatus.SUCCEEDED,
  ExecutionStatus.FAILED,
  ExecutionStatus.TIMED_OUT,
  ExecutionStatus.ABORTED,
] as const;
export type Counted = (typeof STATES)[number];

/** How many executions of a state machine are in each state; undefined where there is no such machine. */
export async function countExecutions(
  client: SFNClient,
  stateMachineArn: string,
): Promise<Readonly<Record<Counted, number>> | undefined> {
  try {
    const counts = await Promise.all(STATES.map((status) => count(client, stateMachineArn, status)));
    return {
      RUNNING: counts[0] ?? 0,
      SUCCEEDED: counts[1] ?? 0,
      FAILED: counts[2] ?? 0,
      TIMED_OUT: counts[3] ?? 0,
      ABORTED: counts[4] ?? 0,
    };
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return undefined;
    throw error;
  }
}

async function count(client: SFNClient, stateMachineArn: string, statusFilter: Counted): Promise<number> {
  let found = 0;
  for await (const { executions = [] } of paginateListExecutions(
    { client, pageSize: 1_000 },
    { stateMachineArn, statusFilter },
  )) {
    found += executions.length;
    if (found >= MOST_COUNTED) return MOST_COUNTED;
  }
  return found;
}

/** The newest executions, those of one state where it is given. */
export async function newestExecutions(
  client: SFNClient,
  stateMachineArn: string,
  { limit, status }: { readonly limit: number; readonly status: Counted | undefined },
): Promise<ExecutionListItem[]> {
  const found: ExecutionListItem[] = [];
  const request = { stateMachineArn, ...(status === undefined ? {} : { statusFilter: status }) };
  for await (const { executions = [] } of paginateListExecutions(
    { client, pageSize: Math.min(limit, 1_000) },
    request,
  )) {
    found.push(...executions);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** What happened in an execution, the oldest first. */
export async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client, pageSize: 1_000 }, { executionArn })) {
    events.push(...(page.events ?? []));
  }
  return events;
}
