/** Words of the service for its codes: kinds of measure, payers, units and the like. */

import { speech } from '../i18n/speech.svelte';
import { twin } from './twin.svelte';

type ListName = 'payers' | 'link_kinds' | 'statuses' | 'kinds' | 'yes_no' | 'owners' | 'units' | 'units_of_one';

/** The word for a code of a list; the code itself where there is none. */
export function wordOf(list: ListName, code: string | null | undefined): string {
  return twin.catalogue?.words[speech.language][list]?.[code ?? ''] ?? code ?? '';
}

/** The words of a bundle of kinds, such as "mv_cable + new_station". */
export function remedyWords(remedy: string): string {
  return remedy.split(' + ').map((each) => wordOf('kinds', each)).join(' + ');
}
