import { expect, it } from '@jest/globals';
import { testing } from '@lethe/testing';

it('may use what tests use', () => {
  expect(testing).toBe('testing');
});
