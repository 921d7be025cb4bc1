import { fullJitter, pause } from '@lethe/kernel';
import { openCluster } from './cluster-link.js';
import { type Link, type LinkOptions, type ValkeyArgument, type ValkeyReply } from './link.js';
import { codeOf, errorOfFailure } from './reply-errors.js';
import { type ValkeyScript } from './script.js';
import { openServer } from './server-link.js';
import { untilAborted } from './until-aborted.js';
import { parseValkeyUrl } from './valkey-url.js';
import { ValkeyCommandError, type ValkeyError, ValkeyUnavailableError } from './valkey.errors.js';

/** How {@link Valkey} connects. */
export interface ValkeyOptions {
  /** `redis[s]://` or `valkey[s]://[user:password@]host[:port][/database][?cluster=true]`; the `s` stands for TLS. */
  readonly url: string;
  /** Shown by CLIENT LIST. Without spaces. */
  readonly name?: string;
  /** Longest time in ms for each answer. Default 500. */
  readonly timeoutMs?: number;
  /** Longest time in ms to connect: TCP, TLS, sign-in, and for a cluster to learn its nodes. Default 2,000. */
  readonly connectTimeoutMs?: number;
  /** Commands under way at once; one more fails at once instead of waiting (R11). Default 1,000. */
  readonly maxInFlight?: number;
  /** Certificates (PEM) to trust in place of the system's. The server's certificate is always checked (S55). */
  readonly ca?: string;
  /** Told of each loss of the connection and of each failure to get it back. Must not throw. */
  readonly onError?: (error: ValkeyError) => void;
}

const RECONNECT = { base: 50, cap: 2_000 };

/**
 * One process's connection to Valkey or Redis. No offline queue: without a connection every command fails at once with
 * a ValkeyUnavailableError, while the connection is sought in the background with full jitter (R06). Connecting and
 * every answer have a time limit (R04). After a command that was given up the connection is replaced, so that its late
 * answer is read by nobody (R31).
 */
export class Valkey {
  readonly #open: (signal: AbortSignal) => Promise<Link>;
  readonly #timeoutMs: number;
  readonly #connectTimeoutMs: number;
  readonly #maxInFlight: number;
  readonly #cluster: boolean;
  readonly #onError: (error: ValkeyError) => void;
  readonly #closing = new AbortController();
  #link: Link | undefined;
  #connecting: Promise<void> | undefined;
  #inFlight = 0;

  /** @throws ValkeyUrlError where the URL is none. */
  constructor(options: ValkeyOptions) {
    const target = parseValkeyUrl(options.url);
    this.#timeoutMs = options.timeoutMs ?? 500;
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 2_000;
    this.#maxInFlight = options.maxInFlight ?? 1_000;
    this.#cluster = target.cluster;
    this.#onError = options.onError ?? (() => undefined);
    const link: Omit<LinkOptions, 'onTrouble'> = {
      target,
      name: options.name ?? 'lethe',
      connectTimeoutMs: this.#connectTimeoutMs,
      // Connecting takes a few commands, too.
      maxQueued: this.#maxInFlight + 16,
      ca: options.ca,
    };
    const open = target.cluster ? openCluster : openServer;
    this.#open = (signal) => this.#opened(open, link, signal);
  }

  /** Whether a command would be sent now. */
  get isReady(): boolean {
    return this.#link !== undefined;
  }

  /**
   * Connects. Where that fails it goes on being tried until {@link close}, so that a service may start without its
   * cache: it only has to catch this error.
   *
   * @throws ValkeyUnavailableError when the first try fails.
   */
  async connect(): Promise<void> {
    if (this.#link !== undefined) return;
    if (this.#closing.signal.aborted) throw new ValkeyUnavailableError('it was closed');
    if (this.#connecting !== undefined) return this.#connecting;
    const first = this.#connectOnce();
    this.#connecting = first;
    try {
      await first;
      this.#connecting = undefined;
    } catch (error) {
      this.#connecting = undefined;
      this.#reconnect(1);
      throw error;
    }
  }

  /**
   * Sends one command that uses the one key, such as `call(key, ['HGET', key, 'name'])`. With `buffers` the strings in
   * the answer are Buffers, for values that are not text. T is what the command answers in RESP 2.
   *
   * @throws ValkeyUnavailableError, and ValkeyCommandError where the server refuses the command.
   */
  call<T extends ValkeyReply>(
    key: string | undefined,
    command: readonly ValkeyArgument[],
    { buffers = false }: { readonly buffers?: boolean } = {},
  ): Promise<T> {
    const link = this.#link;
    if (link === undefined) return Promise.reject(new ValkeyUnavailableError('there is no connection'));
    if (this.#inFlight >= this.#maxInFlight)
      return Promise.reject(new ValkeyUnavailableError(`${this.#maxInFlight} commands are under way`));
    this.#inFlight += 1;
    return this.#answered(link, link.send(key, command, buffers)) as Promise<T>;
  }

  /**
   * Runs a script by its SHA-1, and by its text where the server does not have it (after a restart, or SCRIPT FLUSH).
   * All keys must lie in one hash slot.
   */
  async run<T extends ValkeyReply>(
    script: ValkeyScript,
    keys: readonly string[],
    args: readonly ValkeyArgument[],
    options?: { readonly buffers?: boolean },
  ): Promise<T> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.call<T>(keys[0], ['EVALSHA', script.sha1, ...rest], options);
    } catch (error) {
      if (!(error instanceof ValkeyCommandError && error.code === 'NOSCRIPT')) throw error;
      return this.call<T>(keys[0], ['EVAL', script.source, ...rest], options);
    }
  }

  /** Asks the server, or one of the cluster's, whether it answers. */
  async ping(): Promise<void> {
    await this.call(undefined, ['PING']);
  }

  /** Ends the connection once the commands under way are answered, at the latest after the time limit. */
  async close(): Promise<void> {
    this.#closing.abort();
    const link = this.#link;
    this.#link = undefined;
    if (link !== undefined) await this.#ended(link);
    // Its failure is told to whoever asked to connect.
    await Promise.allSettled([this.#connecting]);
  }

  async #ended(link: Link): Promise<void> {
    try {
      await untilAborted(link.close(), AbortSignal.timeout(this.#timeoutMs), () => undefined);
    } catch (error) {
      link.destroy();
      this.#onError(errorOfFailure(error));
    }
  }

  #answered(link: Link, answer: Promise<ValkeyReply>): Promise<ValkeyReply> {
    return new Promise((resolve, reject) => {
      let waits = true;
      const timer = setTimeout(() => {
        settled();
        reject(new ValkeyUnavailableError(`no answer within ${this.#timeoutMs} ms`));
        this.#replace(link);
      }, this.#timeoutMs);
      const settled = (): void => {
        if (waits) this.#inFlight -= 1;
        waits = false;
        clearTimeout(timer);
      };
      const succeed = (reply: ValkeyReply): void => {
        settled();
        resolve(reply);
      };
      const fail = (cause: unknown): void => {
        settled();
        reject(this.#failed(link, cause));
      };
      // Two handlers and no `finally`: this is the way of every command, and each promise counts.
      answer.then(succeed, fail);
    });
  }

  #failed(link: Link, cause: unknown): ValkeyError {
    const error = errorOfFailure(cause);
    // A primary that became a replica stays one: the name leads to another server now.
    if (error.cause instanceof Error && codeOf(error.cause) === 'READONLY') this.#replace(link);
    return error;
  }

  /**
   * Puts another connection in the place of this one. A single server's is dropped first: everything under way on it
   * fails. A cluster's serves on until the new one is there, since one silent node says nothing of the others.
   */
  #replace(link: Link): void {
    if (this.#link !== link) return;
    if (!this.#cluster) {
      this.#link = undefined;
      link.destroy();
    }
    this.#reconnect(1);
  }

  #reconnect(attempt: number): void {
    if (this.#connecting !== undefined || this.#closing.signal.aborted) return;
    this.#connecting = this.#keepTrying(attempt).finally(() => {
      this.#connecting = undefined;
    });
  }

  async #keepTrying(firstAttempt: number): Promise<void> {
    for (let attempt = firstAttempt; !this.#closing.signal.aborted; attempt += 1) {
      await pause(fullJitter(attempt, RECONNECT), this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      try {
        await this.#connectOnce();
        return;
      } catch (error) {
        this.#onError(errorOfFailure(error));
      }
    }
  }

  async #connectOnce(): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#connectTimeoutMs)]);
    let link: Link;
    try {
      link = await untilAborted(this.#open(signal), signal, (late) => late.destroy());
    } catch (error) {
      throw errorOfFailure(error);
    }
    if (this.#closing.signal.aborted) {
      link.destroy();
      throw new ValkeyUnavailableError('it was closed');
    }
    if (!link.isOpen()) throw new ValkeyUnavailableError('the connection was lost at once');
    const before = this.#link;
    this.#link = link;
    before?.destroy();
  }

  async #opened(
    open: (options: LinkOptions, signal: AbortSignal) => Promise<Link>,
    options: Omit<LinkOptions, 'onTrouble'>,
    signal: AbortSignal,
  ): Promise<Link> {
    let opened: Link | undefined;
    const onTrouble = (error: Error): void => {
      // Before it is open, the trouble is the error of opening it.
      if (opened === undefined || this.#link !== opened) return;
      this.#onError(errorOfFailure(error));
      if (!this.#cluster) this.#replace(opened);
    };
    opened = await open({ ...options, onTrouble }, signal);
    return opened;
  }
}
