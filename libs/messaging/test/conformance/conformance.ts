import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from './lab.js';

/** One thing that SQS, SNS or S3 do, put as a question. */
export interface ConformanceCase {
  /** A present-tense sentence. */
  readonly name: string;
  /** What AWS answers; the source is in the docblock of the table. */
  readonly aws: unknown;
  readonly observe: (platform: Platform) => Promise<unknown>;
}

/** Where a platform answers otherwise than AWS. The suite fails when it no longer does. */
export interface Exception {
  readonly case: string;
  readonly answers: unknown;
  readonly why: string;
}

/**
 * Asks every question, all at once, since some answers take a second to come, and expects what AWS answers, the listed
 * exceptions apart. `setUp` makes the platform of one question.
 */
export function describeSqsSns(
  name: string,
  setUp: () => Platform,
  cases: readonly ConformanceCase[],
  exceptions: readonly Exception[] = [],
): void {
  describe(`conformance: ${name}`, () => {
    const platforms: Platform[] = [];
    const observed = new Map<string, Promise<PromiseSettledResult<unknown>[]>>();
    beforeAll(() => {
      for (const { name: asked, observe } of cases) {
        const platform = setUp();
        platforms.push(platform);
        observed.set(asked, Promise.allSettled([observe(platform)]));
      }
    });
    afterAll(() => {
      for (const platform of platforms) platform.close();
    });

    it.each(cases)('$name', async ({ name: asked, aws }) => {
      const exception = exceptions.find((other) => other.case === asked);

      expect(await observed.get(asked)).toEqual([{ status: 'fulfilled', value: exception ? exception.answers : aws }]);
    });

    it('has exceptions only to what is asked, and only where AWS answers otherwise', () => {
      for (const { case: asked, answers } of exceptions) {
        const known = cases.find((other) => other.name === asked);
        expect(known).toBeDefined();
        expect(known?.aws).not.toEqual(answers);
      }
    });
  });
}
