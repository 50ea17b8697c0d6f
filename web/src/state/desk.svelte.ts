/** The workspace: which plans and lists there are, and those that are open. */

import { getJson, post } from '../lib/api';
import type { ListRow, Plan, StoredDocument } from '../lib/types';
import { Draft } from './draft.svelte';

class Desk {
  plans = $state.raw<StoredDocument[]>([]);
  lists = $state.raw<StoredDocument[]>([]);
  examples = $state.raw<{ id: string }[]>([]);
  readonly plan = new Draft<Plan>('plans', (content) => content as Plan, (plan) => plan);
  readonly list = new Draft<ListRow[]>('lists', (content) => (content as { rows: ListRow[] }).rows, (rows) => ({ rows }));
  private looked = false;

  async look(): Promise<void> {
    const [plans, lists, examples] = await Promise.all([
      getJson<{ plans: StoredDocument[] }>('/plans'),
      getJson<{ lists: StoredDocument[] }>('/lists'),
      getJson<{ examples: { id: string }[] }>('/examples'),
    ]);
    [this.plans, this.lists, this.examples] = [plans.plans, lists.lists, examples.examples];
    this.looked = true;
  }

  async lookOnce(): Promise<void> {
    if (!this.looked) await this.look();
  }

  /** Copies an example into the workspace and opens it. */
  async begin(example: string): Promise<void> {
    const made = await post<{ plan: string; list: string }>(`/examples/${encodeURIComponent(example)}`);
    await this.look();
    await Promise.all([this.plan.open(made.plan), this.list.open(made.list)]);
  }
}

export const desk = new Desk();
export const namesOf = (documents: StoredDocument[]): string[] => documents.map((each) => each.id);
