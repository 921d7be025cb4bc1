import { type Outcome, type TransferredUser, type UserStore, transferredUserSchema } from './transferred-user.js';

/** How an import went. */
export type ImportReport = Record<Outcome, number> & {
  /** The first lines that were refused, by number, and why; of their content nothing is repeated. */
  readonly faults: { readonly line: number; readonly reason: string }[];
};

const MOST_FAULTS = 100;
/** Users added at once. Cognito allows 30 AdminCreateUser a second by default; each takes some 100 ms there. */
const AT_ONCE = 4;

/** Everyone as lines of NDJSON. */
export async function* exportUsers(store: UserStore): AsyncGenerator<string> {
  for await (const user of store.users()) yield `${JSON.stringify(user)}\n`;
}

/**
 * Adds the users of an export. Run again, it goes on: who is there already stays as they are. `onLine` is told how many
 * lines are done.
 */
export async function importUsers(
  store: UserStore,
  lines: AsyncIterable<string>,
  options: { readonly dryRun: boolean; readonly onLine: (done: number) => void },
): Promise<ImportReport> {
  const report: ImportReport = { imported: 0, exists: 0, refused: 0, faults: [] };
  let [line, done] = [0, 0];
  const refuse = (at: number, reason: string): void => {
    report.refused += 1;
    if (report.faults.length < MOST_FAULTS) report.faults.push({ line: at, reason });
  };
  const source = lines[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      const at = (line += 1);
      const user = readLine(next.value);
      if (typeof user === 'string') refuse(at, user);
      else if (user !== undefined) {
        const outcome = await store.add(user, options.dryRun);
        if (outcome === 'refused') refuse(at, 'the user pool does not take it');
        else report[outcome] += 1;
      }
      options.onLine((done += 1));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return report;
}

/** The user, why there is none, or undefined for an empty line. */
function readLine(text: string): TransferredUser | string | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  const result = transferredUserSchema.safeParse(value);
  return result.success ? result.data : `${result.error.issues[0]?.path.join('.')}: ${result.error.issues[0]?.code}`;
}
