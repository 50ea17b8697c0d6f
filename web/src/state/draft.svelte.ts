/** A document that is being edited: its undo, its faults, and what happens when somebody else saved it. */

import { getTagged, put, Refused } from '../lib/api';
import { begin, keep, redo, undo, type History } from '../lib/history';
import { freeName } from '../lib/plan';
import type { Issue } from '../lib/types';

const COPY_ENDING = { nl: 'mijn', en: 'mine' };
/** Answer that somebody else saved meanwhile, and that a name is taken. */
const CHANGED = 412;

export class Draft<T> {
  id = $state('');
  tag = $state<string | null>(null);
  issues = $state.raw<Issue[]>([]);
  /** Whether somebody else saved since it was opened. */
  conflict = $state(false);
  saving = $state(false);
  private history = $state.raw<History<T> | null>(null);
  private saved = $state.raw<T | null>(null);

  constructor(
    private readonly shelf: 'plans' | 'lists',
    private readonly read: (content: unknown) => T,
    private readonly write: (content: T) => unknown,
  ) {}

  get content(): T | null {
    return this.history?.now ?? null;
  }

  get changed(): boolean {
    return this.history !== null && this.history.now !== this.saved;
  }

  get canUndo(): boolean {
    return Boolean(this.history?.past.length);
  }

  get canRedo(): boolean {
    return Boolean(this.history?.future.length);
  }

  async open(id: string): Promise<void> {
    const { content, tag } = await getTagged<unknown>(`/${this.shelf}/${encodeURIComponent(id)}`);
    this.begin(id, this.read(content), tag);
  }

  /** Starts from a content; without a tag it is new, and not saved yet. */
  begin(id: string, content: T, tag: string | null): void {
    [this.id, this.tag, this.issues, this.conflict] = [id, tag, [], false];
    this.history = begin(content);
    this.saved = tag === null ? null : content;
  }

  close(): void {
    [this.id, this.tag, this.issues, this.history, this.saved] = ['', null, [], null, null];
  }

  change(content: T): void {
    if (this.history) this.history = keep(this.history, content);
  }

  undo(): void {
    if (this.history) this.history = undo(this.history);
  }

  redo(): void {
    if (this.history) this.history = redo(this.history);
  }

  /** Saves; gives whether that went well. Faults stay beside their fields. */
  async save(): Promise<boolean> {
    const now = this.content;
    if (now === null) return false;
    this.saving = true;
    try {
      const { content, tag } = await this.put(this.id, now, this.tag);
      this.tag = tag;
      this.saved = now;
      this.issues = content.issues ?? [];
      return true;
    } catch (found) {
      if (!(found instanceof Refused)) throw found;
      this.conflict = found.problem.status === CHANGED;
      this.issues = this.conflict ? [] : found.issuesOf();
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Keeps mine under another name and opens what the other saved; gives that name. */
  async giveWay(taken: string[], language: 'nl' | 'en'): Promise<string> {
    const mine = this.content;
    const name = freeName(`${this.id}-${COPY_ENDING[language]}`, taken);
    if (mine !== null) await this.put(name, mine, null);
    await this.open(this.id);
    return name;
  }

  /** Keeps mine under another name and goes on with it there. */
  async moveOn(taken: string[], language: 'nl' | 'en'): Promise<string> {
    this.id = freeName(`${this.id}-${COPY_ENDING[language]}`, taken);
    [this.tag, this.conflict] = [null, false];
    await this.save();
    return this.id;
  }

  private put(id: string, content: T, seen: string | null): Promise<{ content: { issues?: Issue[] }; tag: string }> {
    const body = JSON.stringify(this.write(content));
    return put(`/${this.shelf}/${encodeURIComponent(id)}`, body, 'application/json', seen);
  }
}
