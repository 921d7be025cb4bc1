import { describe, expect, it } from '@jest/globals';
import { lockFaults } from './lockfile.js';

const swc = { version: '1.0.0', optionalDependencies: { '@swc/linux': '1.0.0', '@swc/darwin': '1.0.0' } };
const faultsOf = (packages: Record<string, object>) => lockFaults(JSON.stringify({ packages }));

describe('lockFaults', () => {
  it('lets a lock pass that names no registry and leaves no platform out', () => {
    const packages = {
      'libs/kernel': { version: '0.1.0' },
      'node_modules/@lethe/kernel': { resolved: 'libs/kernel', link: true },
      'node_modules/@swc/core': swc,
      'node_modules/@swc/linux': { version: '1.0.0' },
      'node_modules/@swc/darwin': { version: '1.0.0' },
    };

    expect(faultsOf(packages)).toEqual([]);
  });

  it('S59: refuses the address of a registry', () => {
    const resolved = 'https://registry.example/pg/-/pg-8.23.1.tgz';

    expect(faultsOf({ 'node_modules/pg': { version: '8.23.1', resolved } })).toEqual([
      'package-lock.json says where node_modules/pg was downloaded from',
    ]);
  });

  it('S59: refuses a lock that leaves out the packages of another platform, or has another version', () => {
    const packages = { 'node_modules/@swc/core': swc, 'node_modules/@swc/linux': { version: '0.9.0' } };

    expect(faultsOf(packages)).toEqual([
      'package-lock.json lacks @swc/linux 1.0.0, an option of node_modules/@swc/core',
      'package-lock.json lacks @swc/darwin 1.0.0, an option of node_modules/@swc/core',
    ]);
  });

  it('finds a package beside the one that wants it first', () => {
    const packages = {
      'node_modules/a/node_modules/@swc/core': swc,
      'node_modules/a/node_modules/@swc/linux': { version: '1.0.0' },
      'node_modules/@swc/linux': { version: '0.9.0' },
      'node_modules/@swc/darwin': { version: '1.0.0' },
    };

    expect(faultsOf(packages)).toEqual([]);
  });
});
