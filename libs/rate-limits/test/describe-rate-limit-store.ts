import { afterAll, beforeAll, describe } from '@jest/globals';
import { itCountsExactly, itSlides } from './exactness.js';
import { type StoreUnderTest } from './limits.fixture.js';
import { itHoldsItsProperties } from './properties.js';
import { itToleratesClocks } from './clocks.js';

/** What every RateLimitStore does. */
export function describeRateLimitStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
  describe(`rate limits on ${name}`, () => {
    let opened: StoreUnderTest | undefined;
    const under = (): StoreUnderTest => {
      if (!opened) throw new Error('not set up');
      return opened;
    };
    beforeAll(async () => {
      opened = await setUp();
    });
    afterAll(() => opened?.close());

    itCountsExactly(under);
    itSlides(under);
    itHoldsItsProperties(under);
    itToleratesClocks(under);
  });
}
