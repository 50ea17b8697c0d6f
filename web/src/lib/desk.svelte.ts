/** The plan and the list that somebody works on: opened, changed, undone, saved, and who was first. */

import { getJson, getTagged, post, put, Refused } from './api';
import { begin, keep, redo, undo, type History } from './history';
import { twin } from './state.svelte';
import type { Document, Issue, ListRow, Plan } from './types';

const LIST_TYPES: Record<string, string> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
};

/** Name that a document may have, close to any text. */
export function safeName(text: string): string {
  const plain = text.normalize('NFKD').replace(/[^\w-]+/g, '-').replace(/^[-_]+|-+$/g, '');
  return plain.slice(0, 60) || 'plan';
}

/** One document that is edited: its states, what was seen of it on disk, and its faults. */
class Draft<T> {
  id = $state<string | null>(null);
  history = $state.raw<History<T | null>>(begin<T | null>(null));
  tag = $state<string | null>(null);
  saved = $state.raw<T | null>(null);
  issues = $state.raw<Issue[]>([]);
  conflict = $state.raw<{ tag: string; current: T | null } | null>(null);
  said = $state('');

  get now(): T | null {
    return this.history.now;
  }

  get changed(): boolean {
    return this.id !== null && this.now !== this.saved;
  }

  opened(id: string, content: T, tag: string | null): void {
    this.id = id;
    this.history = begin<T | null>(content);
    this.saved = tag === null ? null : content;
    this.tag = tag;
    this.issues = [];
    this.conflict = null;
    this.said = '';
  }

  change(content: T): void {
    this.history = keep(this.history, content);
    this.said = '';
  }

  undo = (): void => void (this.history = undo(this.history));
  redo = (): void => void (this.history = redo(this.history));

  /** Tells a refusal: faults beside their fields, or who was first. */
  refused(found: unknown): void {
    if (!(found instanceof Refused)) throw found;
    this.issues = found.issues;
    if (found.problem.status === 412) {
      this.conflict = { tag: found.problem.etag ?? '', current: (found.problem.current as T) ?? null };
    } else if (!found.issues.length) {
      this.issues = [{ where: '', problem: found.problem.detail, remedy: '', severity: 'fault' }];
    }
  }

  kept(tag: string, content: T): void {
    this.tag = tag.replace(/^W\//, '').replaceAll('"', '');
    this.saved = content;
    this.issues = [];
    this.conflict = null;
  }
}

class Desk {
  plans = $state<Document[]>([]);
  lists = $state<Document[]>([]);
  examples = $state<string[]>([]);
  plan = new Draft<Plan>();
  list = new Draft<ListRow[]>();

  async refresh(): Promise<void> {
    await twin.guarded(async () => {
      const [plans, lists, examples] = await Promise.all([
        getJson<{ plans: Document[] }>('/plans'),
        getJson<{ lists: Document[] }>('/lists'),
        getJson<{ examples: { id: string }[] }>('/examples'),
      ]);
      this.plans = plans.plans;
      this.lists = lists.lists;
      this.examples = examples.examples.map((each) => each.id);
    });
  }

  /** Opens what is there, so that a reader begins with something. */
  async begin(): Promise<void> {
    await this.refresh();
    if (!this.plan.id && this.plans[0]) await this.openPlan(this.plans[0].id);
    if (!this.list.id && this.lists[0]) await this.openList(this.lists[0].id);
  }

  async openPlan(id: string): Promise<void> {
    await twin.guarded(async () => {
      const { content, tag } = await getTagged<Plan>(`/plans/${encodeURIComponent(id)}`);
      this.plan.opened(id, content, tag.replaceAll('"', ''));
    });
  }

  async openList(id: string): Promise<void> {
    await twin.guarded(async () => {
      const { content, tag } = await getTagged<{ rows: ListRow[] }>(`/lists/${encodeURIComponent(id)}`);
      this.list.opened(id, content.rows, tag.replaceAll('"', ''));
    });
  }

  async copyExample(id: string): Promise<void> {
    await twin.guarded(async () => {
      const made = await post<{ plan: string; list: string }>(`/examples/${encodeURIComponent(id)}`);
      await this.refresh();
      await this.openPlan(made.plan);
      await this.openList(made.list);
    });
  }

  /** Begins a plan that is not on disk until it is saved. */
  newPlan(name: string, first: number, last: number): void {
    const id = this.free(safeName(name), this.plans);
    this.plan.opened(id, { name, city: twin.catalogue?.city ?? '', first_year: first, last_year: last, measure: [] }, null);
  }

  newList(): void {
    this.list.opened(this.free('projecten', this.lists), [], null);
  }

  async savePlan(): Promise<boolean> {
    const { plan } = this;
    const content = plan.now;
    if (!plan.id || !content) return false;
    return this.saving(plan, async () => {
      const path = `/plans/${encodeURIComponent(plan.id as string)}`;
      const { tag } = await put(path, JSON.stringify(content), 'application/json', plan.tag);
      plan.kept(tag, content);
    });
  }

  async saveList(): Promise<boolean> {
    const { list } = this;
    const content = list.now;
    if (!list.id || !content) return false;
    return this.saving(list, async () => {
      const path = `/lists/${encodeURIComponent(list.id as string)}`;
      const { tag } = await put(path, JSON.stringify({ rows: content }), 'application/json', list.tag);
      list.kept(tag, content);
    });
  }

  /** Saves one's own version under another name and opens that of the other. */
  async saveCopy(): Promise<string> {
    const { plan } = this;
    const [id, content] = [plan.id as string, plan.now as Plan];
    await this.refresh();
    const copy = this.free(id, this.plans);
    await put(`/plans/${copy}`, JSON.stringify({ ...content, name: `${content.name} (${copy})` }), 'application/json', null);
    await this.openPlan(id);
    await this.refresh();
    return copy;
  }

  async importList(file: File): Promise<void> {
    const ending = file.name.split('.').at(-1)?.toLowerCase() ?? '';
    const id = this.free(safeName(file.name.replace(/\.[^.]+$/, '')), this.lists);
    await this.saving(this.list, async () => {
      const type = LIST_TYPES[ending] ?? (file.type || 'application/octet-stream');
      const { content, tag } = await put<{ rows: ListRow[] }>(`/lists/${id}`, file, type, null);
      this.list.opened(id, content.rows, tag.replaceAll('"', ''));
      await this.refresh();
    });
  }

  async importPlan(file: File): Promise<void> {
    const id = this.free(safeName(file.name.replace(/\.[^.]+$/, '')), this.plans);
    await this.saving(this.plan, async () => {
      await put(`/plans/${id}`, file, 'application/toml', null);
      await this.refresh();
      await this.openPlan(id);
    });
  }

  private async saving<T>(draft: Draft<T>, work: () => Promise<void>): Promise<boolean> {
    let kept = false;
    draft.issues = [];
    await twin.guarded(async () => {
      try {
        await work();
        kept = true;
        await this.refresh();
      } catch (found) {
        draft.refused(found);
      }
    });
    return kept;
  }

  private free(wanted: string, taken: Document[]): string {
    const names = new Set(taken.map((each) => each.id));
    let name = wanted;
    for (let number = 2; names.has(name); number += 1) name = `${wanted}-${number}`;
    return name;
  }
}

export const desk = new Desk();
