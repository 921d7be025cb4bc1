import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StageDefinition } from './stage.js';

const RETENTION = {
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
} as const;

/** How long the logs of a stage are kept. */
export function retentionOf({ logDays }: Pick<StageDefinition, 'logDays'>): RetentionDays {
  return RETENTION[logDays];
}
