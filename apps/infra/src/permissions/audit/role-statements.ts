import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BECAUSE } from '../grants.js';
import { readableArn } from '../readable-arn.js';

/** One statement that a role has, as its template says it. */
export interface RoleStatement {
  readonly role: string;
  readonly actions: readonly string[];
  /** ARNs, with references as `<Name>` and `*` as IAM reads it. */
  readonly resources: readonly string[];
  /** What keys of items must begin with: patterns of `dynamodb:LeadingKeys`. */
  readonly leadingKeys?: readonly string[];
  /** By which services of AWS alone a key may be used, such as `sqs`: `kms:ViaService`. */
  readonly via?: readonly string[];
  /** Conditions of other kinds, which nothing here can judge. */
  readonly otherConditions: readonly string[];
  readonly because: string;
}

/** As a template says it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}
interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Properties?: {
    readonly Roles?: readonly { readonly Ref?: string }[];
    readonly RoleName?: string;
    readonly PolicyDocument?: { readonly Statement: readonly Statement[] };
  };
}

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

const LEADING_KEYS = 'dynamodb:LeadingKeys';
const VIA_SERVICE = 'kms:ViaService';

function statementOf(role: string, statement: Statement, because: string): RoleStatement {
  const conditions = Object.values(statement.Condition ?? {}).flatMap((one) => Object.entries(one));
  const of = (key: string) => conditions.flatMap(([name, value]) => (name === key ? list(value) : []));
  const [leadingKeys, via] = [of(LEADING_KEYS), of(VIA_SERVICE)];
  return {
    role,
    actions: list(statement.Action),
    resources: list<unknown>(statement.Resource).map(readableArn),
    ...(leadingKeys.length === 0 ? {} : { leadingKeys }),
    ...(via.length === 0 ? {} : { via: via.map((host) => host.split('.')[0] ?? '') }),
    otherConditions: conditions.flatMap(([name]) => (name === LEADING_KEYS || name === VIA_SERVICE ? [] : [name])),
    because,
  };
}

/** What the roles of a stack may do, by the policies in its template. */
export function statementsOf(resources: Readonly<Record<string, Resource>>): RoleStatement[] {
  return Object.values(resources).flatMap(({ Type, Metadata, Properties }) => {
    if (Type !== 'AWS::IAM::Policy') return [];
    const because = (Metadata?.[BECAUSE] ?? {}) as Readonly<Record<string, string>>;
    return (Properties?.Roles ?? []).flatMap(({ Ref = '' }) =>
      (Properties?.PolicyDocument?.Statement ?? [])
        .filter(({ Effect }) => Effect === 'Allow')
        .map((one) =>
          statementOf(resources[Ref]?.Properties?.RoleName ?? Ref, one, because[one.Sid ?? ''] ?? 'made by CDK'),
        ),
    );
  });
}

/** What the roles of all stacks may do whose templates a synthesis has written into a folder. */
export function readRoleStatements(folder: string): RoleStatement[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.template.json'))
    .flatMap((file) => {
      const template = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        readonly Resources?: Readonly<Record<string, Resource>>;
      };
      return statementsOf(template.Resources ?? {});
    });
}
