import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = join(import.meta.dirname, 'golden');

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** The sample of a message, an envelope and its data as they go over the wire, or of a stream's record. */
export function goldenMessage(type: string): unknown {
  return read(`${type}.json`);
}

/** The samples of an HTTP shape: `<name>.json` and any `<name>.<variant>.json`. */
export function goldenHttp(name: string): { file: string; sample: unknown }[] {
  return globSync([`http/${name}.json`, `http/${name}.*.json`], { cwd: folder }).map((file) => ({
    file,
    sample: read(file),
  }));
}

/** The names of all samples, to find those that belong to nothing any more. */
export function goldenNames(): { messages: string[]; http: string[] } {
  return {
    messages: globSync('*.json', { cwd: folder }).map((file) => basename(file, '.json')),
    http: globSync('http/*.json', { cwd: folder }).map((file) => basename(file).split('.')[0] ?? file),
  };
}

/** Members that are maps: what is in them is data for somebody else, so a later version says no more in them. */
const maps = new Set(['fields', 'input']);

/** The same JSON with a member nobody knows in every object: what a later version may send (R22). */
export function withUnknownMembers(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withUnknownMembers);
  if (json === null || typeof json !== 'object') return json;
  // An object of numbers alone is a map: its members are data, not names that a schema knows.
  if (Object.values(json).every((value) => typeof value === 'number')) return json;
  const members = Object.entries(json).map(([name, value]) => [
    name,
    maps.has(name) ? value : withUnknownMembers(value),
  ]);
  return { ...Object.fromEntries(members), addedLater: { by: 'a newer version' } };
}
