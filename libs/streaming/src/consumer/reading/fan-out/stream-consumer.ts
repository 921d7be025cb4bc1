import {
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  RegisterStreamConsumerCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import { type Timers, fullJitter, pause } from '@lethe/kernel';
import { UnexpectedAnswerError } from '../../../streaming.errors.js';

/** Registering takes Kinesis a few seconds. */
const ACTIVE_POLL = { base: 500, cap: 2_000 } as const;

/** A consumer of enhanced fan-out: by its ARN, or by a name under which it is registered where it is not yet. */
export type ConsumerChoice = { readonly consumerArn: string } | { readonly consumerName: string };

/** Finds the registered consumer of each stream, and registers those that are missing, once for all shards. */
export class StreamConsumers {
  readonly #arns = new Map<string, Promise<string>>();

  constructor(
    private readonly choice: ConsumerChoice,
    private readonly timers: Pick<Timers, 'after' | 'random'>,
  ) {}

  /** The ARN of the consumer. Throws the SDK's errors, also that of `stop`. */
  async arn(kinesis: KinesisClient, stream: string, stop: AbortSignal): Promise<string> {
    if ('consumerArn' in this.choice) return this.choice.consumerArn;
    const name = this.choice.consumerName;
    const known = this.#arns.get(stream);
    if (known) return known;
    const asked = this.#find(kinesis, stream, name, stop);
    this.#arns.set(stream, asked);
    try {
      return await asked;
    } catch (error) {
      this.forget(stream);
      throw error;
    }
  }

  /** It may have been deregistered. */
  forget(stream: string): void {
    this.#arns.delete(stream);
  }

  async #find(kinesis: KinesisClient, stream: string, ConsumerName: string, stop: AbortSignal): Promise<string> {
    const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }), { abortSignal: stop });
    const StreamARN = summary.StreamDescriptionSummary?.StreamARN;
    if (StreamARN === undefined) throw new UnexpectedAnswerError(`DescribeStreamSummary of ${stream} answered no ARN`);
    for (let attempt = 1; ; attempt += 1) {
      stop.throwIfAborted();
      const { arn, status } = await this.#describeOrRegister(kinesis, { StreamARN, ConsumerName });
      if (status === 'ACTIVE' && arn !== undefined) return arn;
      await pause(250 + fullJitter(attempt, ACTIVE_POLL, this.timers.random), stop, this.timers);
    }
  }

  async #describeOrRegister(
    kinesis: KinesisClient,
    input: { readonly StreamARN: string; readonly ConsumerName: string },
  ): Promise<{ arn: string | undefined; status: string | undefined }> {
    try {
      const { ConsumerDescription: found } = await kinesis.send(new DescribeStreamConsumerCommand(input));
      return { arn: found?.ConsumerARN, status: found?.ConsumerStatus };
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
    try {
      const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand(input));
      return { arn: Consumer?.ConsumerARN, status: Consumer?.ConsumerStatus };
    } catch (error) {
      // Another worker was first.
      if (!(error instanceof ResourceInUseException)) throw error;
      return { arn: undefined, status: undefined };
    }
  }
}
