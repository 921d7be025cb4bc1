// refused by jest(no-focused-tests): Unexpected focused test
import { expect, it } from '@jest/globals';

it.only('hides every other test', () => {
  expect(1).toBe(1);
});
