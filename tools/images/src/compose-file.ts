import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

/** A file of docker/, as text. */
export const dockerFile = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docker/${name}`, import.meta.url)), 'utf8');

/** The attributes of a service that docker/compose.yaml uses, as the Compose specification has them; any other is a mistake. */
const composeService = z.strictObject({
  image: z.string().optional(),
  build: z
    .strictObject({
      context: z.string(),
      dockerfile: z.string(),
      target: z.string().optional(),
      args: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).optional(),
  depends_on: z
    .union([
      z.array(z.string()).transform((names) => Object.fromEntries(names.map((name) => [name, 'service_started']))),
      z
        .record(z.string(), z.strictObject({ condition: z.string() }))
        .transform((all) => Object.fromEntries(Object.entries(all).map(([name, { condition }]) => [name, condition]))),
    ])
    .optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string().optional(), retries: z.number().optional() })
    .optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  tmpfs: z.array(z.string()).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
  deploy: z.strictObject({ replicas: z.number() }).optional(),
});
export type ComposeService = z.output<typeof composeService>;

const composeFile = z.object({
  services: z.record(z.string(), composeService.nullable()),
  volumes: z.record(z.string(), z.null()).optional(),
});

/** The services of a Compose file. Throws a ZodError where it is none, or uses what no other of ours does. */
export function composeServices(text: string): Readonly<Record<string, ComposeService | null>> {
  // Its own tags say how a file is merged into the one before; to YAML they are strange.
  const plain = text.replaceAll(/!(?:reset|override)\b/g, '');
  return composeFile.parse(parse(plain, { merge: true })).services;
}

/** A variable that a Compose file takes from outside: `${NAME:-default}` or `${NAME:?why}`. */
export interface Variable {
  readonly name: string;
  /** Undefined where it must be set. */
  readonly byDefault: string | undefined;
}

const VARIABLE = /\$\{(\w+):([-?])([^}]*)\}/g;

/** The variables of a text, each once. */
export function variablesOf(text: string): Variable[] {
  const found = [...text.matchAll(VARIABLE)].map(([, name = '', kind, rest = '']): [string, Variable] => [
    name,
    { name, byDefault: kind === '-' ? rest : undefined },
  ]);
  return [...new Map(found).values()];
}

/** The text with its variables in their places. */
export function interpolated(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(VARIABLE, (_whole, name: string, kind: string, rest: string) =>
    values[name] === undefined && kind === '-' ? rest : (values[name] ?? ''),
  );
}
