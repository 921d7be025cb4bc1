import type { Logger } from 'pino';
import { z } from 'zod';
import { TaskProtectionError } from '../service-kit.errors.js';

export interface TaskProtectionOptions {
  /** `ECS_AGENT_URI`, which ECS sets in each container. Absent outside ECS: then nothing is protected. */
  readonly agentUri: string | undefined;
  readonly logger: Logger;
  /** For how long ECS keeps the task if this process no longer renews it, because it died: 1 to 2,880. */
  readonly minutes?: number;
  /** Milliseconds after which protection is renewed. Default: a third of it. */
  readonly renewMs?: number;
}

/** Long enough for two renewals that fail, short enough that a task which is stuck is not kept for long. */
const MINUTES = 6;
const ANSWER_MS = 5_000;

const answerSchema = z.union([
  z.object({ protection: z.object({ ProtectionEnabled: z.boolean() }) }),
  z.object({ failure: z.object({ Reason: z.string(), Detail: z.string().optional() }) }),
  z.object({ error: z.object({ Code: z.string(), Message: z.string().optional() }) }),
]);

/**
 * Keeps ECS from taking this task away while it has long work: neither scaling in nor a deployment stops it meanwhile. It is
 * a courtesy, not a guarantee, as tasks die in other ways too: where the agent does not answer, the work goes on unprotected.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
export class TaskProtection {
  readonly #url: string | undefined;
  readonly #minutes: number;
  readonly #renewMs: number;
  #held = 0;
  #renewal: NodeJS.Timeout | undefined;
  /** Requests are made one after another, so that the last word is the last one. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: TaskProtectionOptions) {
    const { agentUri, minutes = MINUTES, renewMs = (minutes * 60_000) / 3 } = options;
    this.#url = agentUri === undefined ? undefined : `${agentUri.replace(/\/+$/, '')}/task-protection/v1/state`;
    this.#minutes = minutes;
    this.#renewMs = renewMs;
  }

  /** Does the work with the task protected, until the last work that goes on at once has ended. Rejects as the work does. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#url === undefined) return work();
    await this.#hold();
    try {
      return await work();
    } finally {
      await this.#release();
    }
  }

  async #hold(): Promise<void> {
    this.#held += 1;
    if (this.#held > 1) return;
    this.#renewal = setInterval(() => void this.#put(true), this.#renewMs).unref();
    await this.#put(true);
  }

  async #release(): Promise<void> {
    this.#held -= 1;
    if (this.#held > 0) return;
    clearInterval(this.#renewal);
    await this.#put(false);
  }

  #put(enabled: boolean): Promise<void> {
    this.#last = this.#inTurn(this.#last, enabled);
    return this.#last;
  }

  async #inTurn(before: Promise<void>, enabled: boolean): Promise<void> {
    await before;
    // Meanwhile another work may have begun, or all have ended.
    if (enabled !== this.#held > 0) return;
    try {
      await this.#ask(enabled);
    } catch (error) {
      this.options.logger.warn({ err: error, enabled }, 'the protection of the task could not be changed');
    }
  }

  async #ask(enabled: boolean): Promise<void> {
    const request = { ProtectionEnabled: enabled, ...(enabled ? { ExpiresInMinutes: this.#minutes } : {}) };
    const response = await fetch(this.#url ?? '', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = answerSchema.safeParse(await response.json());
    if (!answer.success) throw new TaskProtectionError(`${response.status}, and no answer of the agent`);
    const { data } = answer;
    if ('failure' in data) throw new TaskProtectionError(data.failure.Detail ?? data.failure.Reason);
    if ('error' in data) throw new TaskProtectionError(data.error.Message ?? data.error.Code);
  }
}
