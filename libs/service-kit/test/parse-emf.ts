import { z } from 'zod';

/**
 * The schema of the specification, with its bounds: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/
 * CloudWatch_Embedded_Metric_Format_Specification.html
 */
const name = z.string().min(1).max(1_024);
const documentSchema = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int().positive(),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: name,
          Dimensions: z.array(z.array(z.string().min(1).max(250)).max(30)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: name, Unit: z.enum(['Count', 'Seconds', 'Milliseconds', 'None']) }))
            .min(1)
            .max(100),
        }),
      )
      .min(1),
  }),
});
const dimensionSchema = z.string().min(1).max(1_024);
const valuesSchema = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(100)]);

/** A metric as CloudWatch would keep it. */
export interface Extracted {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** What CloudWatch extracts from a line of a log: nothing where it is none of the format. Throws where it breaks the format. */
export function parseEmf(line: string): Extracted[] {
  const json: unknown = JSON.parse(line);
  if (typeof json !== 'object' || json === null || !('_aws' in json)) return [];
  const document = documentSchema.parse(json);
  return document._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((set) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        dimensions: Object.fromEntries(set.map((one) => [one, dimensionSchema.parse(document[one])])),
        values: valuesSchema.parse(document[Name]),
      })),
    ),
  );
}
