import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readableArn } from '../src/permissions/readable-arn.js';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

/** A resource with the stack and the name that it has there. */
export interface Found<P> {
  readonly stack: string;
  readonly id: string;
  readonly properties: P;
  readonly resource: Resource;
}

export const STAGES = ['dev', 'staging', 'production'] as const;
export type StageName = (typeof STAGES)[number];
/** The stage dev with AWS's own where there is a choice: Cognito issues, Firehose writes clicks. */
export const MANAGED = 'managed';
export const EVERY = [...STAGES, MANAGED] as const;

/** The templates of a stage as they were synthesised before the specs. */
export class Templates {
  readonly #stacks: ReadonlyMap<string, Record<string, Resource>>;
  readonly folder: string;

  constructor(readonly stage: StageName | typeof MANAGED) {
    this.folder = join(process.env['INFRA_SYNTH'] ?? '', stage);
    this.#stacks = new Map(
      globSync('*.template.json', { cwd: this.folder }).map((file) => {
        const template = JSON.parse(readFileSync(join(this.folder, file), 'utf8')) as {
          Resources?: Record<string, Resource>;
        };
        return [basename(file, '.template.json').replace(/^lethe-[a-z]+-/, ''), template.Resources ?? {}];
      }),
    );
  }

  get stacks(): readonly string[] {
    return [...this.#stacks.keys()].sort();
  }

  /** Every resource of a type, in all stacks. `P` is what the reader takes its properties for. */
  all<P = Record<string, unknown>>(type: string): Found<P>[] {
    return [...this.#stacks].flatMap(([stack, resources]) =>
      Object.entries(resources)
        .filter(([, { Type }]) => Type === type)
        .map(([id, resource]) => ({ stack, id, properties: resource.Properties as P, resource })),
    );
  }

  /** Every resource. */
  everything(): Found<Record<string, unknown>>[] {
    return [...this.#stacks].flatMap(([stack, resources]) =>
      Object.entries(resources).map(([id, resource]) => ({
        stack,
        id,
        properties: resource.Properties ?? {},
        resource,
      })),
    );
  }

  text(stack: string): string {
    return JSON.stringify(this.#stacks.get(stack));
  }
}

/** The name of what a template refers to by attribute, as `<Logical.Arn>`, or a name in an ARN. */
export const written = readableArn;
