export interface EmrJobOptions {
  readonly name: string;
  /** Of EMR Serverless, release 7 or later, Spark. */
  readonly applicationId: string;
  /** Role of the job: reads the lake's bucket, writes the output's, and the Glue catalogue. */
  readonly roleArn: string;
  /** `s3://…/run-sql.py`, {@link SPARK_DRIVER}. */
  readonly driver: string;
  /** `s3://…/models.sql`, what `lethe warehouse export --dialect spark` prints. */
  readonly script: string;
  /** `s3://…/manifest.json` of the lake: the files that count. */
  readonly manifest: string;
  /** `s3://…/` where the tables are written. */
  readonly output: string;
  /** Of the Glue catalogue, in which the tables are registered. Left out: that called `default`. */
  readonly database?: string;
  /** Makes a job that is asked for twice one job. */
  readonly clientToken: string;
}

/** A StartJobRun of EMR Serverless, as data: for `aws emr-serverless start-job-run --cli-input-json`, or any SDK. */
export function emrServerlessJob(options: EmrJobOptions) {
  const { name, applicationId, roleArn, driver, script, manifest, output, database, clientToken } = options;
  return {
    name,
    applicationId,
    executionRoleArn: roleArn,
    clientToken,
    jobDriver: {
      sparkSubmit: {
        entryPoint: driver,
        entryPointArguments: [script, manifest, ...(database === undefined ? [] : [database])],
        sparkSubmitParameters: [
          `--conf spark.sql.warehouse.dir=${output}`,
          '--conf spark.sql.session.timeZone=UTC',
          '--conf spark.hadoop.hive.metastore.client.factory.class=com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory',
        ].join(' '),
      },
    },
    executionTimeoutMinutes: 60,
    retryPolicy: { maxAttempts: 2 },
  };
}

/** What runs there: reads the manifest, so that no replaced file counts, then the statements one by one. */
export const SPARK_DRIVER = `import json
import sys

from pyspark.sql import SparkSession

script, manifest = sys.argv[1:3]
spark = SparkSession.builder.enableHiveSupport().getOrCreate()
if len(sys.argv) > 3:
    spark.sql(f"USE {sys.argv[3]}")
read = lambda path: "\\n".join(row.value for row in spark.read.text(path, wholetext=True).collect())
files = [entry["url"] for entry in json.loads(read(manifest))["entries"]]
view, *models = [part.strip() for part in read(script).split(";\\n") if part.strip()]
name = view.split("VIEW", 1)[1].split()[0]
spark.read.option("mergeSchema", "true").parquet(*files).createOrReplaceTempView(name)
for statement in models:
    spark.sql(statement)
`;
