import { storeTables } from '@lethe/contracts';
import { type CallRecorder, type Cloud, startCallRecorder, writeCalls } from '@lethe/local-cloud';
import { awsOf } from './cloud-env.js';

/** AWS behind a recorder. */
export interface RecordedAws {
  /** As `awsOf`. */
  readonly aws: Record<string, string>;
  readonly calls: CallRecorder['calls'];
  /** Writes down what was recorded. Throws a LocalCloudError where that has gaps. */
  stop(): Promise<void>;
}

/** Puts a recorder before the embedded AWS, which writes into the folder who called what. */
export async function recordedAws(cloud: Cloud, folder: string): Promise<RecordedAws> {
  const recorder = startCallRecorder({
    accountId: cloud.env['AWS_ACCOUNT_ID'] ?? '',
    partitionKeys: Object.fromEntries(storeTables.map(({ name, partitionKey }) => [name, partitionKey])),
  });
  return {
    aws: await recorder.observed(awsOf(cloud)),
    calls: () => recorder.calls(),
    stop: async () => {
      await recorder.stop();
      writeCalls(folder, recorder.calls());
    },
  };
}
