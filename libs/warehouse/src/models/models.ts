import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from '../warehouse.errors.js';

/** A table of the warehouse, and the query that makes it: one SELECT in SQL that all dialects share. */
export interface Model {
  readonly name: string;
  readonly select: string;
  /** What its first comment says. */
  readonly description: string;
}

const FILE = /^([a-z][a-z0-9_]*)\.sql$/;

/**
 * The models of a folder, one per `<name>.sql`, in an order in which each comes after those it reads.
 * Throws a {@link ModelError} for models that need each other.
 */
export async function readModels(folder: string): Promise<Model[]> {
  const names = (await readdir(folder)).flatMap((file) => FILE.exec(file)?.[1] ?? []).toSorted();
  const models = await Promise.all(
    names.map(async (name) => parseModel(name, await readFile(join(folder, `${name}.sql`), 'utf8'))),
  );
  return inOrder(models);
}

/** Reads a model's text: comments before, one SELECT, perhaps a semicolon. */
export function parseModel(name: string, text: string): Model {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('--'));
  const comments = lines.slice(0, Math.max(start, 0));
  const select = lines.slice(Math.max(start, 0)).join('\n').trim().replace(/;$/, '').trimEnd();
  if (!/^(select|with)\b/i.test(select)) throw new ModelError(name, 'is not one SELECT');
  const description = comments.map((line) => line.replace(/^--\s?/, '')).join(' ');
  return { name, select, description: description.trim() };
}

/** Tables that a query names after FROM and JOIN, those that it makes itself by WITH left out. */
export function tablesOf(select: string): Set<string> {
  const text = select.replaceAll(/--.*$/gm, '');
  const own = new Set(
    [...text.matchAll(/(?:\bwith|,)\s+([a-z_][a-z0-9_]*)\s+as\s*\(/gi)].map(([, name]) => name ?? ''),
  );
  const named = [...text.matchAll(/\b(?:from|join)\s+([a-z_][a-z0-9_]*)/gi)].map(([, name]) => name ?? '');
  return new Set(named.filter((name) => !own.has(name)));
}

/** Each after those it reads; by name where that leaves a choice. Throws a {@link ModelError}. */
export function inOrder(models: readonly Model[]): Model[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const done: Model[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (model: Model): void => {
    if (state.get(model.name) === 'done') return;
    if (state.get(model.name) === 'open') throw new ModelError(model.name, 'needs itself, perhaps through others');
    state.set(model.name, 'open');
    for (const name of tablesOf(model.select)) {
      const needed = byName.get(name);
      if (needed) visit(needed);
    }
    state.set(model.name, 'done');
    done.push(model);
  };
  for (const model of models) visit(model);
  return done;
}
