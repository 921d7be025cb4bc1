import { describe, expect, it } from '@jest/globals';
import { SPARK_DRIVER, emrServerlessJob } from './emr-serverless-job.js';

const job = {
  name: 'models',
  applicationId: 'an-application',
  roleArn: 'a-role',
  driver: 's3://lake/spark/run-sql.py',
  script: 's3://lake/spark/models.sql',
  manifest: 's3://lake/manifest.json',
  output: 's3://lake/models/',
  clientToken: 'once',
};

describe('a job of EMR Serverless', () => {
  it('is given its statements, the files that count and, where there is one, its database', () => {
    const argumentsOf = (options: Parameters<typeof emrServerlessJob>[0]) =>
      emrServerlessJob(options).jobDriver.sparkSubmit.entryPointArguments;

    expect(argumentsOf(job)).toEqual([job.script, job.manifest]);
    expect(argumentsOf({ ...job, database: 'lethe_models' })).toEqual([job.script, job.manifest, 'lethe_models']);
    expect(SPARK_DRIVER).toContain('USE {sys.argv[3]}');
  });
});
