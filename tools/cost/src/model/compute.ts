import { HOURS_PER_MONTH, type Load } from './load.js';
import { type Usage, used } from './usage.js';

/** Of a function that has one vCPU to itself. Source: "Configure Lambda function memory": 1,769 MB. */
const GB_OF_A_VCPU = 1_769 / 1_024;
/** Of the functions that do steps of workflows, and mail. */
const STEP_GB = 0.25;
/** Long polls of a queue that Lambda keeps open: five at 20 s each. Source: "Using Lambda with Amazon SQS". */
const POLLS_PER_HOUR = (5 * 3_600) / 20;
/** Clicks of one invocation of the enrichment, and the invocations per second of a shard whose batches wait a second. */
const ENRICHED_AT_ONCE = 100;

/** Tasks of the services, by what they run on. */
export function computeUsage(load: Load): Usage[] {
  const { compute } = load.situation.choices;
  return load.services.flatMap((service) =>
    compute === 'lambda' ? asFunction(load, service) : asTasks(load, service, compute),
  );
}

function asTasks(load: Load, service: string, on: 'fargate' | 'spot'): Usage[] {
  const hours = load.taskHours(service);
  const { vcpu, gb } = load.taskSize;
  const kind = on === 'spot' ? 'fargate-spot' : 'fargate';
  return [
    { price: `${kind}.vcpu-hour`, amount: hours * vcpu, what: 'tasks: CPU', service },
    { price: `${kind}.gb-hour`, amount: hours * gb, what: 'tasks: memory', service },
    ...workers(load, service),
  ];
}

/** The least workers of a service. What they do is counted with its tasks, on which it was measured. */
function workers(load: Load, service: string): Usage[] {
  const { least, cpu, memoryMb } = load.situation.stage.workers;
  const hours = least * HOURS_PER_MONTH;
  return [
    { price: 'fargate-spot.vcpu-hour', amount: (hours * cpu) / 1_024, what: 'workers: CPU', service },
    { price: 'fargate-spot.gb-hour', amount: (hours * memoryMb) / 1_024, what: 'workers: memory', service },
  ];
}

/** A request a time: what a function waits for is billed like what it computes. */
function asFunction(load: Load, service: string): Usage[] {
  const requests = load.monthlyOf(service, (work) => work.requests);
  const answering = load.monthlyOf(service, (work) => Math.max(work.requestSeconds, work.cpuSeconds));
  return [
    { price: 'lambda.request', amount: requests, what: 'invocations by HTTP', service },
    { price: 'lambda.gb-second', amount: answering * GB_OF_A_VCPU, what: 'time of functions', service },
    { price: 'sqs.request', amount: POLLS_PER_HOUR * HOURS_PER_MONTH, what: 'polls for functions', service },
  ];
}

/** The functions that there are whatever the services run on: steps, receipts, enrichment. */
export function functionUsage(load: Load): Usage[] {
  const { workflow, mailsPerOrder, clicksPerVisit } = load.situation.profile;
  const steps = load.ordersPerMonth * workflow.invocationsPerOrder;
  const mails = load.ordersPerMonth * mailsPerOrder;
  // A batch a second and shard at most, unless there are more clicks than go into one.
  const batches = load.monthlyHours(({ visits }) => {
    const perSecond = (visits * clicksPerVisit) / 3_600;
    return 3_600 * (perSecond / (1 + perSecond) + perSecond / ENRICHED_AT_ONCE);
  });
  const seconds = workflow.secondsPerInvocation;
  return [
    used('lambda.request', steps, 'steps of fulfilment'),
    used('lambda.gb-second', steps * seconds * STEP_GB, 'steps of fulfilment'),
    used('lambda.request', mails, 'receipts'),
    used('lambda.gb-second', mails * seconds * STEP_GB, 'receipts'),
    used('lambda.request', batches, 'enrichment of clicks'),
    used('lambda.gb-second', batches * seconds * STEP_GB, 'enrichment of clicks'),
    used('sqs.request', POLLS_PER_HOUR * HOURS_PER_MONTH, 'polls for receipts'),
    used('ses.mail', mails, 'receipts'),
    used('states.transition', load.ordersPerMonth * workflow.transitionsPerOrder, 'fulfilment'),
  ];
}
