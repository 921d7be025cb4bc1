// refused by eslint(no-restricted-globals): Unexpected use of 'setTimeout'
import { expect, it } from '@jest/globals';

it('sleeps and hopes', async () => {
  await new Promise((resolve) => setTimeout(resolve, 500));

  expect(1).toBe(1);
});
