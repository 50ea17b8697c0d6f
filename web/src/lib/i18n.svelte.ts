/** The language that is shown, kept for the next visit. */

import { en, nl } from './messages';
import type { Language } from './types';

export type Key = keyof typeof nl;
const ALL: Record<Language, Record<Key, string>> = { nl, en };
const STORED = 'stroomstad-language';

function chosenBefore(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'nl' || stored === 'en') return stored;
  return navigator.language.startsWith('en') ? 'en' : 'nl';
}

class Speech {
  language = $state<Language>(chosenBefore());

  /** Says a sentence with its parts filled in. */
  t = (key: Key, parts: Record<string, string | number> = {}): string =>
    ALL[this.language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole));

  /** Says a word that a code stands for; the code itself where there is none. */
  word = (prefix: string, code: string): string => {
    const key = `${prefix}${code.replaceAll(' ', '_')}` as Key;
    return ALL[this.language][key] ?? code;
  };

  change(language: Language): void {
    this.language = language;
    localStorage.setItem(STORED, language);
    document.documentElement.lang = language;
  }
}

export const speech = new Speech();
export const t = speech.t;
document.documentElement.lang = speech.language;
