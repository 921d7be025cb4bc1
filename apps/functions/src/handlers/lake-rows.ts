import { lakeRows, transformEventSchema } from '../lake/lake-rows.js';

/** Firehose's transformation of clicks into rows of the lake. Throws a ZodError for another event. */
export const handler = async (event: unknown) => lakeRows(transformEventSchema.parse(event));
