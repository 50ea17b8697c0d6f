/** Layers that components add to the map: what they are called, what they show, and in which classes. */

import type { Class } from './classes';
import type { Component, LayerColumn } from './types';

export type Added = {
  collection: string;
  component: Component;
  about: Component['about'];
  columns: LayerColumn[];
  /** Column that the colour tells; nothing where the layer has no number. */
  shown: LayerColumn | null;
};

const COLOURS = ['#f3e9f7', '#d6b9e0', '#b184c4', '#8450a0', '#4f2373'];

export function addedLayers(components: Component[]): Added[] {
  return components.filter((each) => !each.own).flatMap((component) =>
    component.outputs.layers.map(({ name, about, columns }) => ({
      collection: collectionName(component.id, name),
      component,
      about,
      columns,
      shown: columns.find((each) => each.kind === 'number') ?? columns.find((each) => each.kind === 'whole number') ?? null,
    })),
  );
}

/** As the service calls it: the component stands before the layer unless that says so already. */
function collectionName(component: string, layer: string): string {
  const name = layer.replaceAll('_', '-');
  return name.startsWith(component) ? name : `${component}-${name}`;
}

/** Five classes with about as many features in each; fewer where values are alike. */
export function quantileClasses(values: (number | null)[]): Class[] {
  const known = values.filter((each): each is number => each !== null).sort((one, other) => one - other);
  const limits = COLOURS.map((_, at) => known[Math.floor((at * known.length) / COLOURS.length)]);
  const steps = limits.filter((each, at) => each !== undefined && each !== limits[at - 1]);
  return steps.map((from, at) => ({ from, colour: COLOURS[COLOURS.length - steps.length + at], size: 1 + at }));
}

/** Whether numbers are shares of a whole, and read best as percentages. */
export function isShare(column: { unit: string } | null, values: (number | null | undefined)[]): boolean {
  return column?.unit === '1' && values.every((each) => each === null || each === undefined || Math.abs(each) <= 1);
}
