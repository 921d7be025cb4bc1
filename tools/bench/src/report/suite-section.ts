import type { Machine } from './machine.js';

const HEAD = `# Benchmarks

A part per suite, each written by a whole run of its own on a quiet machine. Figures of another machine differ; the ratios
should not by much.
`;

/** What a part tells of its run. */
export interface SuiteRun {
  /** ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
  /** Markdown, its headings of the third level. */
  readonly text: string;
}

const begin = (suite: string): string => `<!-- begin ${suite} -->`;
const end = (suite: string): string => `<!-- end ${suite} -->`;

/** The part of docs/benchmarks.md on one suite, between its marks. */
export function suiteSection(suite: string, { at, machine, text }: SuiteRun): string {
  const { cpu, cores, memoryGiB, system, node, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `\`${name}\` ${version}`);
  return `${begin(suite)}

## ${suite.charAt(0).toUpperCase()}${suite.slice(1)}

Written by \`npm run bench -- ${suite} --write\`.

${at.slice(0, 10)}; ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}; ${versions.join(', ')}.

${text}

${end(suite)}`;
}

/** The document with this part in the place of its last one, or behind the others. */
export function withSection(document: string, suite: string, section: string): string {
  const from = document.indexOf(begin(suite));
  const to = document.indexOf(end(suite));
  if (from === -1 || to === -1) return `${(document.trim() === '' ? HEAD : document).trimEnd()}\n\n${section}\n`;
  return document.slice(0, from) + section + document.slice(to + end(suite).length);
}
