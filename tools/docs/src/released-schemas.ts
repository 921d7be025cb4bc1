import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpRequests, httpResponses, store } from '@lethe/contracts';
import {
  type Mismatch,
  type WireSchema,
  messageBreaks,
  requestBreaks,
  responseBreaks,
  wireSchemaOf,
  wireShapesOf,
} from '@lethe/topology';
import type { GeneratedFile } from './generated-file.js';

const FOLDER = 'libs/contracts/released';

/** A released shape would break for those who rely on it. */
export class BreakingChangeError extends Error {
  override readonly name = 'BreakingChangeError';

  constructor(readonly breaks: readonly { readonly shape: string; readonly mismatches: readonly Mismatch[] }[]) {
    const lines = breaks.flatMap(({ shape, mismatches }) =>
      mismatches.map(({ path, reason }) => `  ${shape} ${path || '/'}: ${reason}`),
    );
    super(`a breaking change needs a new version (or, for HTTP, a route of its own):\n${lines.join('\n')}`);
  }
}

interface Shape {
  readonly name: string;
  readonly wire: WireSchema;
  readonly judge: (released: WireSchema, current: WireSchema) => Mismatch[];
}

function shapes(): Shape[] {
  return [
    ...[...wireShapesOf(store)].map(([name, schema]) => ({
      name,
      wire: wireSchemaOf(schema),
      judge: messageBreaks,
    })),
    ...Object.entries(httpRequests).map(([name, schema]) => ({
      name: `http/${name}`,
      wire: wireSchemaOf(schema),
      judge: requestBreaks,
    })),
    ...Object.entries(httpResponses).map(([name, schema]) => ({
      name: `http/${name}`,
      wire: wireSchemaOf(schema),
      judge: responseBreaks,
    })),
  ];
}

/**
 * The schemas to keep as this release's, against which later ones are judged (R22).
 * Throws a {@link BreakingChangeError} where a shape no longer fits its last release.
 */
export function releasedSchemas(root: string): GeneratedFile[] {
  const current = shapes();
  const breaks = current
    .filter(({ name }) => existsSync(join(root, FOLDER, `${name}.json`)))
    .map(({ name, wire, judge }) => {
      // This program wrote the file.
      const before = JSON.parse(readFileSync(join(root, FOLDER, `${name}.json`), 'utf8')) as WireSchema;
      return { shape: name, mismatches: judge(before, wire) };
    })
    .filter(({ mismatches }) => mismatches.length > 0);
  if (breaks.length > 0) throw new BreakingChangeError(breaks);
  return current.map(({ name, wire }) => ({
    path: `${FOLDER}/${name}.json`,
    text: `${JSON.stringify(wire, null, 2)}\n`,
  }));
}
