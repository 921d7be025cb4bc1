import { z } from 'zod';

const share = z.number().min(0).max(1);

/** The moods of the provider. Shares are of 1. */
export const settingsSchema = z.strictObject({
  /** Milliseconds that each call takes before it is looked at. */
  latencyMs: z.int().min(0).max(60_000),
  /** Writes that fail: in turn by a 500 before anything is done, and by a dropped connection after all is done. */
  failureRate: share,
  /** Writes that are carried out and never answered: the caller's time-out runs out after the money was taken. */
  stallRate: share,
  /** Writes with a key that fail by a 500 which, as Stripe says of its own, the key gets again each time. */
  keptFailureRate: share,
  /** Answers each call, reads too, by 503. */
  unavailable: z.boolean(),
  /** Cards that are declined though they are good. */
  declineRate: share,
  /** Milliseconds until `tok_processing`, `tok_pendingRefund` and `tok_refundFail` settle. */
  settleMs: z.int().min(0).max(86_400_000),
  /** Events that are sent twice, the second time later. */
  duplicateWebhooks: share,
  /** Events that are never sent, though the list has them. */
  lostWebhooks: share,
  /** Events that are held back for a while, so that later ones overtake them. */
  shuffledWebhooks: share,
  /** Where events are sent; null: nowhere. Stripe's dashboard sets that. */
  webhookUrl: z.url({ protocol: /^https?$/ }).nullable(),
});
export type Settings = z.output<typeof settingsSchema>;

/** What can be set at run time by `POST /control`. */
export const controlSchema = settingsSchema.partial();
export type Control = z.output<typeof controlSchema>;

/** What nothing ails. */
export const CALM: Settings = {
  latencyMs: 0,
  failureRate: 0,
  stallRate: 0,
  keptFailureRate: 0,
  unavailable: false,
  declineRate: 0,
  settleMs: 1_000,
  duplicateWebhooks: 0,
  lostWebhooks: 0,
  shuffledWebhooks: 0,
  webhookUrl: null,
};

/** What befalls a write: before anything is done, after all is done, or no answer ever, or one that its key gets again. */
export type Fault = 'before' | 'after' | 'stall' | 'kept';

/** The provider's moods: how long a call takes and which ones fail. Faults take turns between `before` and `after`. */
export class Faults {
  private failures = 0;
  private settings: Settings;

  constructor(
    settings: Control = {},
    private readonly random: () => number = Math.random,
  ) {
    this.settings = { ...CALM, ...defined(settings) };
  }

  get current(): Settings {
    return this.settings;
  }

  set(control: Control): void {
    this.settings = { ...this.settings, ...defined(control) };
  }

  /** What befalls the next write, if anything. */
  next(): Fault | undefined {
    if (this.hits('stallRate')) return 'stall';
    if (this.hits('keptFailureRate')) return 'kept';
    if (!this.hits('failureRate')) return undefined;
    this.failures += 1;
    return this.failures % 2 === 1 ? 'before' : 'after';
  }

  /** Whether one of these shares falls on the present case. */
  hits(
    name:
      | 'stallRate'
      | 'keptFailureRate'
      | 'failureRate'
      | 'declineRate'
      | `${'duplicate' | 'lost' | 'shuffled'}Webhooks`,
  ): boolean {
    return this.random() < this.settings[name];
  }
}

function defined(control: Control): Partial<Settings> {
  return Object.fromEntries(Object.entries(control).filter(([, value]) => value !== undefined));
}
