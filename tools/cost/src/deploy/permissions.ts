import { z } from 'zod';
import type { Resource, StackTemplate } from './template.js';

/** What a role may do, statement by statement. */
export interface RolePermissions {
  readonly stack: string;
  readonly role: string;
  readonly statements: readonly {
    readonly effect: string;
    readonly actions: readonly string[];
    readonly resources: number;
  }[];
  /** Policies that AWS maintains. */
  readonly managed: number;
}

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const statementSchema = z.object({
  Effect: z.string(),
  Action: oneOrMore.default([]),
  Resource: z.unknown().optional(),
});
const documentSchema = z.object({ Statement: z.array(statementSchema) });
const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.unknown()).default([]),
  Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]),
});
const policySchema = z.object({ PolicyDocument: documentSchema, Roles: z.array(z.unknown()).default([]) });
const referenceSchema = z.object({ Ref: z.string() });

type Statement = z.output<typeof statementSchema>;

/** The permissions of every role of the templates, from the role itself and from the policies that name it. */
export function permissionsOf(stacks: readonly StackTemplate[]): RolePermissions[] {
  return stacks.flatMap(({ stack, resources }) =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .map(([role, resource]) => {
        const { ManagedPolicyArns, Policies } = roleSchema.parse(resource.Properties);
        const own = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
        return {
          stack,
          role,
          statements: [...own, ...attached(resources, role)].map(summary),
          managed: ManagedPolicyArns.length,
        };
      }),
  );
}

function attached(resources: Readonly<Record<string, Resource>>, role: string): Statement[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    .map(({ Properties }) => policySchema.parse(Properties))
    .filter(({ Roles }) => Roles.some((named) => referenceSchema.safeParse(named).data?.Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function summary({ Effect, Action, Resource: on }: Statement): RolePermissions['statements'][number] {
  return { effect: Effect, actions: Action, resources: Array.isArray(on) ? on.length : on === undefined ? 0 : 1 };
}
