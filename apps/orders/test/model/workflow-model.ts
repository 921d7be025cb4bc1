import type { FulfilmentStep, RefundStep } from '@lethe/contracts';
import type { CommandBus } from '@nestjs/cqrs';
import { TakeRefundStep } from '../../src/fulfilment/take-refund-step.js';
import { TakeFulfilmentStep } from '../../src/fulfilment/take-step.js';
import { StepOvertakenError } from '../../src/orders.errors.js';
import { type WorkflowStart, Workflows } from '../../src/workflow/workflows.js';
import type { Instants } from '@lethe/testing';
import type { Place } from './actions.js';

type Step =
  | { readonly of: 'order'; readonly step: FulfilmentStep }
  | { readonly of: 'refund'; readonly step: RefundStep; readonly refundId: string };

interface Execution {
  readonly name: string;
  readonly orderId: string;
  readonly fulfils: boolean;
  readonly goods: boolean;
  todo: Step[];
  /** The step that was begun last, whatever came of it. */
  begun: Step | undefined;
}

const FULFILMENT: readonly FulfilmentStep[] = ['pick', 'pack', 'label', 'ship', 'deliver'];

/** Runs workflows as `apps/functions/workflows` say, a step at a time, and at least once each. */
export class WorkflowModel extends Workflows {
  readonly #executions = new Map<string, Execution>();
  /** Refunds that an order was given up for, by refund. */
  readonly calledOff = new Map<string, string>();
  /** Steps of orders that were tried, as `order step`. */
  readonly tried = new Set<string>();
  commands: CommandBus | undefined;

  constructor(private readonly instants: Instants<Place>) {
    super();
  }

  override start({ workflow, executionName: name, input }: WorkflowStart): Promise<void> {
    return this.instants.around('workflow', async () => {
      if (this.#executions.has(name)) return;
      const orderId = String(input['orderId']);
      const goods = input['goods'] === true;
      const todo: Step[] =
        workflow === 'fulfilment'
          ? FULFILMENT.map((step) => ({ of: 'order', step }))
          : refundSteps(String(input['refundId']), goods);
      this.#executions.set(name, { name, orderId, fulfils: workflow === 'fulfilment', goods, todo, begun: undefined });
    });
  }

  /** Names of executions that have not ended, in the order of their start. */
  get running(): string[] {
    return [...this.#executions.values()].filter(({ todo }) => todo.length > 0).map(({ name }) => name);
  }

  /** Takes the next step of an execution, or, as after a death of the runner, the last one again; tells whether it goes on. */
  async advance(name: string, again = false): Promise<boolean> {
    const execution = this.#executions.get(name);
    const next = again ? execution?.begun : execution?.todo[0];
    if (execution === undefined || next === undefined) return false;
    execution.begun = next;
    try {
      await this.#take(execution, next);
    } catch (error) {
      if (!(error instanceof StepOvertakenError)) throw error;
      // The order or the refund has gone another way.
      execution.todo = [];
      return true;
    }
    if (!again && execution.todo[0] === next) execution.todo.shift();
    return execution.todo[0]?.step !== next.step;
  }

  /** A step fails for good: a fulfilment is called off unless the parcel has left, a refund without goods is refused. */
  giveUp(name: string): void {
    const execution = this.#executions.get(name);
    const next = execution?.todo[0];
    if (execution === undefined || next === undefined) return;
    if (next.of === 'order') {
      const left = next.step === 'deliver' || next.step === 'call-off';
      if (!left) execution.todo = [{ of: 'order', step: 'call-off' }];
    } else if (!execution.fulfils && !execution.goods && execution.begun === undefined) {
      execution.todo = [{ ...next, step: 'refuse' }];
    }
  }

  async #take(execution: Execution, next: Step): Promise<void> {
    const { orderId } = execution;
    if (this.commands === undefined) throw new Error('there is nobody to take steps');
    if (next.of === 'order') {
      this.tried.add(`${orderId} ${next.step}`);
      const { refundId } = await this.commands.execute(new TakeFulfilmentStep(orderId, next.step));
      if (refundId === undefined || this.calledOff.has(refundId)) return;
      this.calledOff.set(refundId, orderId);
      execution.todo.push(...refundSteps(refundId, true));
      return;
    }
    const { status } = await this.commands.execute(new TakeRefundStep(next.refundId, next.step));
    // Its money is waited for.
    const waits = (next.step === 'pay' || next.step === 'check') && status === 'requested';
    if (waits && execution.todo.length === 1) execution.todo.push({ ...next, step: 'check' });
  }
}

function refundSteps(refundId: string, goods: boolean): Step[] {
  const steps: RefundStep[] = goods ? ['restock', 'pay'] : ['pay'];
  return steps.map((step) => ({ of: 'refund', step, refundId }));
}
