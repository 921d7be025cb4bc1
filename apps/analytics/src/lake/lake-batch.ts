import { type LakeEvent, lakeColumns } from '@lethe/contracts';

type Value = string | number | null;

/** Events as they wait: the names of the members that they have, then a row each. A third of their JSON as objects. */
export function packEvents(events: readonly LakeEvent[]): string {
  const names = lakeColumns.map(({ name }) => name).filter((name) => events.some((event) => event[name] !== undefined));
  return JSON.stringify([names, ...events.map((event) => names.map((name) => event[name] ?? null))]);
}

/** Reads what {@link packEvents} wrote, whichever version of the service did: the names go with the rows. */
export function unpackEvents(text: string): LakeEvent[] {
  const [names = [], ...rows]: [string[], ...Value[][]] = JSON.parse(text);
  return rows.map((row) => {
    const event: Record<string, Value> = {};
    names.forEach((name, at) => {
      const value = row[at];
      if (value !== null && value !== undefined) event[name] = value;
    });
    return event as LakeEvent;
  });
}
