/** Which limits a job holds its answer to. */

import type { Job, Limits } from './types';

const USUAL: Limits = { transformers: 'cyclic', n1_relaxed: false };
const NAMES: string[] = ['nameplate', 'cyclic', 'thermal'];
/** Only reads what is written, so that no limit matters to it. */
const READS: Job['kind'][] = ['check'];

export function heldToLimits(kind: Job['kind']): boolean {
  return !READS.includes(kind);
}

/** What is chosen, and where nothing is, what the city has. */
export function chosenLimits(chosen: Partial<Limits>, ofCity: Limits | undefined): Limits {
  return { ...USUAL, ...ofCity, ...chosen };
}

/** Inputs of a job that ask for limits. */
export function asInputs(limits: Limits): Record<string, unknown> {
  return { limits: limits.transformers, n1_relaxed: limits.n1_relaxed };
}

/** What the inputs of a job ask; what they leave to the city is left out. */
export function askedIn(inputs: Record<string, unknown>): Partial<Limits> {
  const asked: Partial<Limits> = {};
  if (NAMES.includes(inputs.limits as string)) asked.transformers = inputs.limits as Limits['transformers'];
  if (typeof inputs.n1_relaxed === 'boolean') asked.n1_relaxed = inputs.n1_relaxed;
  return asked;
}
