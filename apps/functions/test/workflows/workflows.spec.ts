import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fulfilmentStepSchema, refundStepSchema, storeFunctions, storeWorkflows } from '@lethe/contracts';
import validate from 'asl-validator';
import { type Machine, faultsOf, machineSchema } from './asl-rules.js';

const functions = storeFunctions.map(({ name }) => name);
const textOf = (definition: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', 'workflows', definition), 'utf8');
const machineOf = (definition: string): Machine => machineSchema.parse(JSON.parse(textOf(definition)));

/** The fulfilment with something changed. */
function spoilt(change: (machine: Machine) => void): Machine {
  const machine = machineOf('fulfilment.asl.json');
  change(machine);
  return machine;
}

describe.each(storeWorkflows)('the state machine $name', ({ definition }) => {
  it('is Amazon States Language', () => {
    const { isValid, errorsText } = validate(JSON.parse(textOf(definition)) as object);

    expect([isValid, errorsText()]).toEqual([true, '']);
  });

  it('R04 R06 R24: bounds and retries each of its tasks with backoff, cap and jitter, and catches what is left', () => {
    expect(faultsOf(machineOf(definition), functions)).toEqual([]);
  });

  it('asks for steps that there are', () => {
    const steps = [...textOf(definition).matchAll(/"step": "([\w-]+)"/g)].map(([, step]) => step);

    expect(steps.length).toBeGreaterThan(3);
    const known: readonly string[] = [...fulfilmentStepSchema.options, ...refundStepSchema.options];
    expect(steps.filter((step) => !known.includes(step ?? ''))).toEqual([]);
  });

  it('is the same file on AWS and on this machine: no account, no region, nothing to be filled in', () => {
    expect(textOf(definition)).not.toMatch(/\d{12}|[a-z]{2}-[a-z]+-\d|\$\{/);
  });
});

describe('the rules for state machines', () => {
  const task = ({ States: { Pick: pick } }: Machine): NonNullable<typeof pick> => {
    if (pick === undefined) throw new TypeError('there is no Pick');
    return pick;
  };
  it.each<[string, (machine: Machine) => void]>([
    ['JSONata', (machine) => (machine['QueryLanguage'] = 'JSONata')],
    ['task token', (machine) => (task(machine)['Resource'] = 'arn:aws:states:::lambda:invoke.waitForTaskToken')],
    ['no time limit', (machine) => (machine.TimeoutSeconds = undefined)],
    ['Pack is never reached', (machine) => (task(machine).Next = 'Label')],
    ['Pick has no time limit', (machine) => (task(machine).TimeoutSeconds = undefined)],
    ['Pick is not retried', (machine) => (task(machine).Retry = [])],
    ['Pick is retried without backoff', (machine) => (task(machine).Retry = [{ ErrorEquals: ['States.ALL'] }])],
    ['Pick lets errors through', (machine) => (task(machine).Catch = [])],
    ['Pick names no function', (machine) => (task(machine).Parameters = { FunctionName: 'nobody' })],
  ])('find %s', (fault, change) => {
    const faults = faultsOf(spoilt(change), functions);

    expect(faults.join()).toContain(fault);
  });
});
