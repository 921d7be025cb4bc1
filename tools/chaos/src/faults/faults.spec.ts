import { describe, expect, it } from '@jest/globals';
import { FAULT_KINDS, nameOf } from './fault.js';
import { FAULTS, UnknownFaultError, chooseFaults } from './faults.js';

describe('chooseFaults', () => {
  it('knows all, kinds, and single faults', () => {
    expect(chooseFaults('all')).toEqual(FAULTS);
    expect(chooseFaults('pause:orders, restart:postgres').map(nameOf)).toEqual(['pause:orders', 'restart:postgres']);
    expect(chooseFaults('terminate').map(nameOf)).toEqual([
      'terminate:auth',
      'terminate:catalog',
      'terminate:orders',
      'terminate:analytics',
    ]);
  });

  it('has a fault of every kind, and each name once', () => {
    expect(new Set(FAULTS.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    expect(new Set(FAULTS.map(nameOf)).size).toBe(FAULTS.length);
  });

  it('refuses a name of no fault, and says which there are', () => {
    expect(() => chooseFaults('kill,burn:orders')).toThrow(UnknownFaultError);
    expect(() => chooseFaults('burn:orders')).toThrow(/no fault burn:orders; there are kill, pause.*restart:postgres/);
  });
});
