import { sqsError } from '../wire/aws-errors.js';
import { QueueSettings } from './queue-settings.js';
import { type QueueWorld, SimulatedQueue } from './simulated-queue.js';

const NAME = /^[\w-]{1,80}$|^[\w-]{1,75}\.fifo$/;

/** The queues of the simulated account. */
export class Queues {
  /** Names of the queues that were received from. */
  readonly polled = new Set<string>();
  readonly #byName = new Map<string, SimulatedQueue>();
  readonly #tags = new Map<string, Record<string, string>>();
  readonly #world: QueueWorld;

  constructor(
    world: Omit<QueueWorld, 'queueByArn'>,
    private readonly account: { readonly region: string; readonly id: string },
  ) {
    this.#world = { ...world, queueByArn: (arn) => this.byArn(arn) };
  }

  /** Makes a queue, or finds one that is the same. Throws the SDK's error where there is one that differs. */
  create(name: string, attributes: Readonly<Record<string, string>> = {}, tags = {}): SimulatedQueue {
    if (!NAME.test(name)) throw sqsError('InvalidParameterValue', `"${name}" is no name for a queue`);
    const existing = this.#byName.get(name);
    if (existing && !existing.settings.agrees(attributes))
      throw sqsError(
        'QueueNameExists',
        'A queue already exists with the same name and a different value for an attribute',
      );
    if (existing) return existing;
    const arn = `arn:aws:sqs:${this.account.region}:${this.account.id}:${name}`;
    const queue = new SimulatedQueue(name, new QueueSettings(name, arn, attributes), this.#world);
    this.#byName.set(name, queue);
    this.#tags.set(name, { ...tags });
    return queue;
  }

  urlOf({ name }: SimulatedQueue): string {
    return `https://sqs.${this.account.region}.amazonaws.com/${this.account.id}/${name}`;
  }

  byArn(arn: string): SimulatedQueue | undefined {
    return [...this.#byName.values()].find(({ settings }) => settings.arn === arn);
  }

  /** Throws QueueDoesNotExist. */
  byName(name = ''): SimulatedQueue {
    const queue = this.#byName.get(name);
    if (!queue) throw sqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  /** Throws QueueDoesNotExist. */
  byUrl(url = ''): SimulatedQueue {
    return this.byName(nameInUrl(url));
  }

  list(prefix = ''): SimulatedQueue[] {
    return [...this.#byName.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  tagsOf({ name }: SimulatedQueue): Record<string, string> {
    return this.#tags.get(name) ?? {};
  }

  delete(queue: SimulatedQueue): void {
    queue.close();
    this.#byName.delete(queue.name);
    this.#tags.delete(queue.name);
  }
}

export function nameInUrl(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
