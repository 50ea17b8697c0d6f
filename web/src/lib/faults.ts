/** Faults of what was sent, by the field that they are of. */

import type { Issue } from './types';

export function faultsOf(issues: Issue[]): Issue[] {
  return issues.filter((each) => each.severity !== 'warning');
}

export function warningsOf(issues: Issue[]): Issue[] {
  return issues.filter((each) => each.severity === 'warning');
}

/** Faults of exactly one field, named by its JSON pointer. */
export function atField(issues: Issue[], pointer: string): Issue[] {
  return issues.filter((each) => each.field === pointer);
}

/** Faults of an entry: of itself, or of a field within it. */
export function withinEntry(issues: Issue[], pointer: string): Issue[] {
  return issues.filter((each) => each.field === pointer || each.field?.startsWith(`${pointer}/`));
}

/** One sentence of a fault. */
export function sentence(issue: Issue): string {
  return [issue.problem, issue.remedy].filter(Boolean).join(' ');
}

/** The same where it stands by itself: with a capital. */
export function wholeSentence(issue: Issue): string {
  const said = sentence(issue);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** Identifier in the page of the input that a pointer is of. */
export function inputId(pointer: string): string {
  return `f${pointer.replaceAll(/[^A-Za-z0-9]+/g, '-')}`;
}
