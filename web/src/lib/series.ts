/** Loading of every link step by step, fetched a day at a time and kept for a while. */

import { getBytes } from './api';
import { blockOf, QUARTERS_PER_DAY } from './time';

/** As the service tells that a loading is not shown, or that nothing stands there. */
export const NOT_SHOWN = -32768;
const BLOCKS_KEPT = 9;

type Fetch = (path: string) => Promise<ArrayBuffer>;

export class Series {
  private readonly blocks = new Map<number, Promise<Int16Array>>();

  constructor(
    readonly run: string,
    readonly name: string,
    readonly steps: number,
    private readonly fetchBytes: Fetch = getBytes,
  ) {}

  /** Loading of every link in one step, in thousandths of its limit. */
  async at(step: number): Promise<Int16Array> {
    const first = blockOf(step);
    const block = await this.block(first);
    const rows = Math.min(this.steps - first, QUARTERS_PER_DAY);
    const links = block.length / rows;
    return block.subarray((step - first) * links, (step - first + 1) * links);
  }

  /** Fetches the days around a step, so that the slider need not wait. */
  prefetch(step: number): void {
    for (const around of [-1, 1]) {
      const first = blockOf(step) + around * QUARTERS_PER_DAY;
      if (first >= 0 && first < this.steps) void this.block(first).catch(() => undefined);
    }
  }

  private block(first: number): Promise<Int16Array> {
    const kept = this.blocks.get(first);
    if (kept) return kept;
    const to = Math.min(first + QUARTERS_PER_DAY, this.steps);
    const path = `/runs/${encodeURIComponent(this.run)}/loading/${this.name}?from=${first}&to=${to}`;
    const fetched = this.fetchBytes(path).then((bytes) => new Int16Array(bytes));
    this.blocks.set(first, fetched);
    fetched.catch(() => this.blocks.delete(first));
    if (this.blocks.size > BLOCKS_KEPT) this.blocks.delete(this.blocks.keys().next().value as number);
    return fetched;
  }
}

/** Loading as a fraction, with feed-in as load of the other direction; nothing where it is not shown. */
export function fractionOf(perMille: number | undefined): number | null {
  return perMille === undefined || perMille === NOT_SHOWN ? null : Math.abs(perMille) / 1000;
}
