/** Asks the service, in the language of the page; every refusal becomes a `Refused` with all issues. */

import type { Issue, Problem } from './types';

/** Beside the page, under whatever address that stands. */
const BASE = './v1';

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  /** Every issue; of a refusal without any, what it says itself, of that place. */
  issuesOf(where = ''): Issue[] {
    const { detail, issues, language } = this.problem;
    return issues.length ? issues : [{ where, problem: detail, remedy: '', severity: 'fault', language }];
  }
}

/** The service does not answer at all. */
export class Unreachable extends Error {}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(BASE + path, { ...init, headers: { 'Accept-Language': document.documentElement.lang, ...init.headers } });
  } catch (found) {
    throw new Unreachable(String(found));
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw new Refused(problem ?? { status: answer.status, title: '', detail: answer.statusText, language: 'en', issues: [] });
}

export async function getJson<T>(path: string): Promise<T> {
  return (await ask(path)).json() as Promise<T>;
}

export async function getTagged<T>(path: string): Promise<{ content: T; tag: string }> {
  const answer = await ask(path);
  return { content: (await answer.json()) as T, tag: answer.headers.get('ETag') ?? '' };
}

export async function getBytes(path: string): Promise<ArrayBuffer> {
  return (await ask(path)).arrayBuffer();
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return (await ask(path, init)).json() as Promise<T>;
}

/** Asks to cancel a job. */
export async function cancel(path: string): Promise<void> {
  await ask(path, { method: 'DELETE' });
}

/** Deletes a document that is still what was seen. */
export async function remove(path: string, seen: string): Promise<void> {
  await ask(path, { method: 'DELETE', headers: { 'If-Match': seen } });
}

/** Saves a document over what was seen, or as new when nothing was; gives its tag. */
export async function put<T>(
  path: string,
  body: BodyInit,
  type: string,
  seen: string | null,
): Promise<{ content: T; tag: string }> {
  const condition: Record<string, string> = seen === null ? { 'If-None-Match': '*' } : { 'If-Match': seen };
  const answer = await ask(path, { method: 'PUT', headers: { 'Content-Type': type, ...condition }, body });
  return { content: (await answer.json()) as T, tag: answer.headers.get('ETag') ?? '' };
}

/** Address of something that the browser opens or downloads itself. */
export function addressOf(path: string): string {
  return BASE + path;
}
