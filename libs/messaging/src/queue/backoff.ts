import type { BackoffOptions } from '@lethe/kernel';

/** Seconds between the receives of a message that failed: eight receives spread over about two minutes. */
export const RETRY_BACKOFF_SECONDS: BackoffOptions = { base: 1, cap: 300 };
/** Milliseconds between polls of a queue that cannot be read. */
export const POLL_BACKOFF_MS: BackoffOptions = { base: 100, cap: 10_000 };
/** Milliseconds between the tries of a delete, each with the client's own retries: eight over about ten seconds. */
export const DELETE_BACKOFF_MS: BackoffOptions = { base: 100, cap: 5_000 };
export const DELETE_ATTEMPTS = 8;
/** Milliseconds between the tries to return a message. One that cannot be returned comes back by itself. */
export const RETURN_BACKOFF_MS: BackoffOptions = { base: 50, cap: 500 };
export const RETURN_ATTEMPTS = 3;
