// One JSON line per event, as CloudWatch Logs reads it.

/** Logs what went wrong: the names and messages of the error and its causes, never an event's content (S54). */
export function logFailure(event: string, facts: Readonly<Record<string, unknown>>, error: unknown): void {
  write({ level: 'error', event, ...facts, error: reasons(error) });
}

/** Logs what happened. */
export function logInfo(event: string, facts: Readonly<Record<string, unknown>>): void {
  write({ level: 'info', event, ...facts });
}

function write(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function reasons(error: unknown): string[] {
  const found: string[] = [];
  for (let at = error; at instanceof Error && found.length < 5; at = at.cause) {
    // Node quotes what it could not parse.
    found.push(at.name === 'SyntaxError' ? at.name : `${at.name}: ${at.message}`);
  }
  return found;
}
