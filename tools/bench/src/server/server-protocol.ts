/** What the benchmark asks of the process that runs the embedded server. */
export type ServerRequest =
  /** Puts messages `0` to `count - 1` into a queue, past the network. */
  | { readonly type: 'fill'; readonly queue: string; readonly count: number }
  /** Answers every request so many milliseconds later, as a queue that is further away. */
  | { readonly type: 'delay'; readonly ms: number }
  /** Forgets all messages of all queues. */
  | { readonly type: 'clear' };

export type ServerReply =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly reason: string };
