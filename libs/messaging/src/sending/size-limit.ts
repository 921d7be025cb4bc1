import { GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Timers } from '@lethe/kernel';
import type { MessagingClients } from '../clients.js';
import type { Destination } from '../destinations.js';
import type { MessagingLogger } from '../logger.js';

/** The largest message, in bytes, where AWS does not tell. Sources: SetQueueAttributes, SetTopicAttributes. */
const USUAL = { queue: 1_048_576, topic: 262_144 } as const;
/** Milliseconds for which what AWS told is believed. Afterwards it is asked again, while sending goes on. */
const BELIEVED_MS = 300_000;
/** Milliseconds within which AWS is not asked again, whoever doubts. */
const ASKED_MS = 10_000;

/** The `MaximumMessageSize` of a queue or topic as AWS has it now: anyone may have changed it since it was made. */
export class SizeLimit {
  #bytes: number | undefined;
  #asked = 0;
  #asking: Promise<number> | undefined;

  constructor(
    private readonly clients: MessagingClients,
    private readonly destination: Destination,
    private readonly address: () => Promise<string>,
    private readonly timers: Timers,
    private readonly logger: MessagingLogger,
  ) {}

  /** What AWS told last, or usually tells. */
  get known(): number {
    return this.#bytes ?? USUAL[this.destination.kind];
  }

  /** What AWS told last. Only the first caller of all waits. */
  get(): number | Promise<number> {
    if (this.#bytes === undefined) return this.#ask();
    if (this.#age() > BELIEVED_MS) void this.#ask();
    return this.#bytes;
  }

  /** For a message that seems too large: what AWS tells now, if it was not asked moments ago. */
  async doubt(): Promise<number> {
    return this.#bytes === undefined || this.#age() > ASKED_MS ? this.#ask() : this.#bytes;
  }

  #age(): number {
    return this.timers.monotonic() - this.#asked;
  }

  #ask(): Promise<number> {
    this.#asking ??= this.#read().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Never rejects: where AWS does not tell, or must not, it is AWS that refuses what is too large. */
  async #read(): Promise<number> {
    const usual = this.known;
    try {
      const told = Number(await this.#attribute());
      this.#bytes = Number.isInteger(told) && told > 0 ? told : USUAL[this.destination.kind];
    } catch (error) {
      const fields = { destination: this.destination.name, bytes: usual, err: error };
      this.logger.warn(fields, 'the largest size of a message is not known: the usual one is taken');
      this.#bytes = usual;
    }
    this.#asked = this.timers.monotonic();
    return this.#bytes;
  }

  async #attribute(): Promise<string | undefined> {
    const address = await this.address();
    if (this.destination.kind === 'topic') {
      const { Attributes } = await this.clients.sns.send(new GetTopicAttributesCommand({ TopicArn: address }));
      return Attributes?.['MaximumMessageSize'];
    }
    const { Attributes } = await this.clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: address, AttributeNames: ['MaximumMessageSize'] }),
    );
    return Attributes?.MaximumMessageSize;
  }
}
