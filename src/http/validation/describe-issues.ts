import type { z } from 'zod';
import type { FieldError } from '../../errors.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** More complaints than a person reads. A body of 256 KiB can have thousands. */
const MAX_ERRORS = 20;
/** Longer names of unknown members are cut in the answer. */
const MAX_NAME = 100;

/** Converts the issues of a schema to paths and messages; a union's issues to those of its closest branch. */
export function describeIssues(issues: readonly Issue[]): FieldError[] {
  return issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => describe(issue, []))
    .slice(0, MAX_ERRORS);
}

function describe(issue: Issue, parent: Path): FieldError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const message = 'is not a known member';
    return issue.keys.slice(0, MAX_ERRORS).map((key) => ({ path: join([...path, key.slice(0, MAX_NAME)]), message }));
  }
  const closest = issue.code === 'invalid_union' ? closestOf(issue.errors) : [];
  if (closest.length > 0) return closest.flatMap((nested) => describe(nested, path));
  return [{ path: join(path), message: issue.message }];
}

function join(path: Path): string {
  return path.map(String).join('.');
}

/**
 * Returns the issues of the branch that the value was meant for.
 *
 * Members tell branches apart: the value has those of its own branch, and few of another's. A branch for another type of
 * value comes last.
 */
function closestOf(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const distances = branches.map((issues) => ({ issues, distance: measureDistance(issues) }));
  const [closest] = distances.sort((a, b) => compare(a.distance, b.distance));
  return closest?.issues ?? [];
}

/** Measures how far a value is from a branch, the weightiest figure first. */
function measureDistance(issues: readonly Issue[]): readonly number[] {
  const isAtRoot = ({ path }: Issue) => path.length === 0;
  const otherTypes = issues.filter((issue) => isOtherTag(issue) || (isAtRoot(issue) && isOtherType(issue))).length;
  const unknown = issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
  const missing = issues.filter((issue) => !isAtRoot(issue) && isMissing(issue)).length;
  return [otherTypes, unknown + missing, unknown, issues.length];
}

function isOtherType({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}

/** A tag has one value per branch. */
function isOtherTag(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.values.length === 1 && issue.path.length === 1;
}

/** Issues report their input, which is undefined for an absent member. */
function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined;
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((figure, at) => figure !== other[at]);
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}
