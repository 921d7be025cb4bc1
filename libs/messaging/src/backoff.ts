import type { BackoffOptions } from '@lethe/kernel';

/** Seconds between the receives of a message that failed: eight receives spread over about two minutes. */
export const RETRY_BACKOFF_SECONDS: BackoffOptions = { base: 1, cap: 300 };
/** Milliseconds between polls of a queue that cannot be read. */
export const POLL_BACKOFF_MS: BackoffOptions = { base: 100, cap: 10_000 };
