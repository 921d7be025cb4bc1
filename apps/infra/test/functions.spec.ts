import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storeFunctions, storeWorkflows } from '@lethe/contracts';
import { Templates } from './templates.js';

const templates = new Templates('production');
const functions = templates
  .all<{ FunctionName?: string; Timeout: number; MemorySize: number; Architectures: readonly string[] }>(
    'AWS::Lambda::Function',
  )
  .filter(({ stack }) => stack === 'functions');

describe('functions and workflows', () => {
  it('are the functions of the contracts, with their times and memory, on ARM64', () => {
    const declared = storeFunctions.map(({ name, timeoutSeconds, memoryMb }) => ({
      FunctionName: name,
      Timeout: timeoutSeconds,
      MemorySize: memoryMb,
      Architectures: ['arm64'],
    }));
    for (const one of declared)
      expect(functions.map(({ properties }) => properties)).toContainEqual(expect.objectContaining(one));
    expect(functions.length).toBe(declared.length);
  });

  it('have their queues and streams as the contracts say, with failures of single items', () => {
    const mappings = templates.all<{ BatchSize: number; FunctionResponseTypes: readonly string[] }>(
      'AWS::Lambda::EventSourceMapping',
    );
    const declared = storeFunctions.flatMap(({ source }) =>
      source?.type === 'queue' || source?.type === 'stream' ? [source.batchSize] : [],
    );
    expect(mappings.map(({ properties }) => properties.BatchSize).sort((a, b) => a - b)).toEqual(
      declared.toSorted((a, b) => a - b),
    );
    for (const { properties } of mappings)
      expect(properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
  });

  it('run the very definitions that the embedded Step Functions run', () => {
    const machines = templates.all<{ StateMachineName: string; DefinitionString: string }>(
      'AWS::StepFunctions::StateMachine',
    );
    const deployed = Object.fromEntries(
      machines.map(({ properties }) => [
        properties.StateMachineName,
        JSON.parse(properties.DefinitionString) as unknown,
      ]),
    );
    const files = join(import.meta.dirname, '..', '..', 'functions', 'workflows');
    expect(deployed).toEqual(
      Object.fromEntries(
        storeWorkflows.map(({ name, definition }) => [name, JSON.parse(readFileSync(join(files, definition), 'utf8'))]),
      ),
    );
  });
});
