import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { writeFiles } from '../src/generated-file.js';
import { BreakingChangeError, releasedSchemas } from '../src/released-schemas.js';

const workspace = join(import.meta.dirname, '../../..');
const root = mkdtempSync(join(tmpdir(), 'lethe-release-'));
const confirmed = join(root, 'libs/contracts/released/orders.order-confirmed.v1.json');

cpSync(join(workspace, 'libs/contracts/released'), join(root, 'libs/contracts/released'), { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

it('releases a new shape and leaves the others alone', () => {
  writeFiles(root, releasedSchemas(root));
  const before = readFileSync(confirmed, 'utf8');
  rmSync(confirmed);

  expect(writeFiles(root, releasedSchemas(root))).toEqual(['libs/contracts/released/orders.order-confirmed.v1.json']);
  expect(readFileSync(confirmed, 'utf8')).toBe(before);
});

it('R22: releases nothing while one shape breaks its last release', () => {
  const other = readFileSync(join(root, 'libs/contracts/released/orders.order-placed.v1.json'), 'utf8');
  writeFileSync(confirmed, readFileSync(confirmed, 'utf8').replaceAll('confirmedAt', 'finishedAt'));

  expect(() => releasedSchemas(root)).toThrow(BreakingChangeError);
  expect(() => releasedSchemas(root)).toThrow(/orders\.order-confirmed\.v1 \/finishedAt: was removed or renamed/);
  expect(other).toBe(readFileSync(join(root, 'libs/contracts/released/orders.order-placed.v1.json'), 'utf8'));
});
