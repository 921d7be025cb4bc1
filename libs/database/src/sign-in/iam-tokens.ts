import { type Clock, systemClock, withinTime } from '@lethe/kernel';
import { DatabaseTokenError } from '../database.errors.js';
import type { TokenPlace, TokenSigner } from './sign-in.js';

/** "Each token has a lifetime of 15 minutes" (RDS user guide, IAM database authentication). */
export const TOKEN_LIFE_MS = 15 * 60_000;
/** Shares of that life after which another token is made: late enough to save work, early enough for slow clocks. */
const [LEAST_SHARE, MOST_SHARE] = [0.5, 0.8];
/** Signing is arithmetic; what may take time is asking the task for its credentials. */
const SIGN_TIMEOUT_MS = 4_000;

interface Token {
  readonly text: string;
  readonly madeAt: number;
  readonly until: number;
}

interface IamTokensOptions {
  readonly clock?: Clock | undefined;
  /** From 0 up to 1: spreads the renewals of replicas that started at once. */
  readonly random?: () => number;
  readonly timeoutMs?: number;
}

/**
 * The passwords of a user that signs in by IAM: a token is kept for half to four fifths of its life and asked for once,
 * however many connections are being made. A token that is near its end is never given out.
 */
export class IamTokens {
  #kept: Token | undefined;
  #making: Promise<string> | undefined;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #timeoutMs: number;

  constructor(
    private readonly place: TokenPlace,
    private readonly signer: TokenSigner,
    { clock = systemClock, random = Math.random, timeoutMs = SIGN_TIMEOUT_MS }: IamTokensOptions = {},
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#timeoutMs = timeoutMs;
  }

  /** A token that a server still takes for some minutes. Throws a {@link DatabaseTokenError}. */
  async token(): Promise<string> {
    const now = this.#clock.now();
    const kept = this.#kept;
    // A clock that was set back says nothing of the age of a token.
    if (kept !== undefined && kept.madeAt <= now && now < kept.until) return kept.text;
    this.#making ??= this.#make(now).finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** The server refused what it was given: whatever the reason, the next token is a new one. */
  forget(): void {
    this.#kept = undefined;
  }

  async #make(madeAt: number): Promise<string> {
    try {
      const text = await withinTime(this.#timeoutMs, (signal) =>
        Promise.race([this.signer.getAuthToken(), late(signal)]),
      );
      const share = LEAST_SHARE + this.#random() * (MOST_SHARE - LEAST_SHARE);
      this.#kept = { text, madeAt, until: madeAt + share * TOKEN_LIFE_MS };
      return text;
    } catch (cause) {
      throw new DatabaseTokenError(this.place.host, this.place.user, { cause });
    }
  }
}

function late(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
