/** Long work of the service, looked at every second while some of it is under way. */

import { cancel, getJson, post } from '../lib/api';
import type { Job } from '../lib/types';
import { desk } from './desk.svelte';
import { twin } from './twin.svelte';

const BUSY_MS = 1000;
const QUIET_MS = 15_000;

export function isUnderWay(job: Job): boolean {
  return ['queued', 'running', 'stopping'].includes(job.status);
}

class Jobs {
  all = $state.raw<Job[]>([]);
  private timer: ReturnType<typeof setTimeout> | undefined;

  get busy(): Job[] {
    return this.all.filter(isUnderWay);
  }

  /** Looks now, and again later. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    const before = new Set(this.busy.map((each) => each.id));
    const told = await twin.heed(() => getJson<{ jobs: Job[] }>('/jobs'));
    if (told) this.all = told.jobs;
    const ended = this.all.filter((each) => before.has(each.id) && !isUnderWay(each));
    if (ended.some((each) => each.status === 'done')) await this.ended();
    if (ended.some((each) => each.kept?.plan)) await twin.heed(() => desk.look());
    this.timer = setTimeout(() => void this.look(), this.busy.length || !told ? BUSY_MS : QUIET_MS);
  }

  async start(asked: Record<string, unknown>): Promise<Job> {
    const job = await post<Job>('/jobs', asked);
    void this.look();
    return job;
  }

  async cancel(job: Job): Promise<void> {
    await cancel(`/jobs/${job.id}`);
    await this.look();
  }

  private async ended(): Promise<void> {
    if (twin.shown) await twin.heed(() => twin.loadRuns());
    else await twin.load();
  }
}

export const jobs = new Jobs();
