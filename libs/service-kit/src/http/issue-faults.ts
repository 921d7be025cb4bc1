import { type ProblemFault } from '@lethe/kernel';
import { type ArgumentMetadata } from '@nestjs/common';

/** The most faults listed in one answer. */
const MAX_FAULTS = 50;

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Result = Awaited<ReturnType<Schema['~standard']['validate']>>;
/** An issue of the Standard Schema specification. */
export type StandardIssue = NonNullable<Result['issues']>[number];

/** What zod's issues carry beyond the standard. */
interface Issue extends StandardIssue {
  readonly code?: string;
  /** Unknown members of a strict object. */
  readonly keys?: readonly string[];
  /** Of a union: what each of its members found. */
  readonly errors?: readonly (readonly Issue[])[];
}

/** Issues of a standard schema as faults with JSON pointers (RFC 6901) below `root`, such as `/items/0/quantity`. */
export function faultsOf(issues: readonly StandardIssue[], root: string): ProblemFault[] {
  return issues.flatMap((issue) => faultsOfIssue(issue, root)).slice(0, MAX_FAULTS);
}

function faultsOfIssue(issue: Issue, root: string): ProblemFault[] {
  const here = root + pathOf(issue).map(pointerSegment).join('');
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => ({ pointer: here + pointerSegment(key), detail: 'is not a known member' }));
  }
  const closest = issue.code === 'invalid_union' ? closestOf(issue.errors ?? []) : undefined;
  if (closest) return closest.flatMap((inner) => faultsOfIssue(inner, here));
  return [{ pointer: here, detail: issue.message }];
}

/** The member of a union that was probably meant: the one with the fewest faults at its own top, then the fewest. */
function closestOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const shallow = (issues: readonly Issue[]) => issues.filter((issue) => pathOf(issue).length <= 1).length;
  return branches
    .filter((issues) => issues.length > 0)
    .toSorted((a, b) => shallow(a) - shallow(b) || a.length - b.length)[0];
}

function pathOf(issue: Issue): readonly PropertyKey[] {
  return (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
}

function pointerSegment(segment: PropertyKey): string {
  return `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
