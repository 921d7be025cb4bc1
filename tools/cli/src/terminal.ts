/** Where a command writes: results to `out`, progress and complaints to `err`. */
export interface Terminal {
  readonly out: Pick<NodeJS.WriteStream, 'write'>;
  readonly err: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

export const processTerminal: Terminal = { out: process.stdout, err: process.stderr };

/** Writes a result: one JSON document, or what people read. */
export function print({ out }: Terminal, json: boolean | undefined, document: object, text: () => string): void {
  out.write(json === true ? `${JSON.stringify(document)}\n` : text());
}

/** Runs the work with a signal that Ctrl-C and SIGTERM abort: the work ends properly and tells how far it came. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
