import { writeFileSync } from 'node:fs';

/** Leaves the numbers of a project's run beside it, for `.ci/tally.mjs` to add up. */
export default class TallyReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even be loaded has no tests to count, and counts as one that failed.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync('test-results.json', JSON.stringify({ passed: results.numPassedTests, failed }));
  }
}
