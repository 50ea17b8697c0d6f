/** The language that is shown; Dutch is the source, and an English sentence that lacks does not compile. */

import type { Language } from '../lib/types';
import en from './en.json';
import nl from './nl.json';

export type Key = keyof typeof nl;
const ALL: Record<Language, Record<Key, string>> = { nl, en };
const STORED = 'stroomstad.language';

function languageAtStart(): Language {
  const stored = localStorage.getItem(STORED);
  return stored === 'en' ? 'en' : 'nl';
}

class Speech {
  language = $state<Language>(languageAtStart());

  change(language: Language): void {
    this.language = language;
    localStorage.setItem(STORED, language);
    document.documentElement.lang = language;
  }
}

export const speech = new Speech();
document.documentElement.lang = speech.language;

/** Says a sentence with its parts filled in. */
export function t(key: Key, parts: Record<string, string | number> = {}): string {
  return ALL[speech.language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(parts[name] ?? whole));
}

/** Says the word that a code stands for; the code itself where there is none. */
export function word(prefix: string, code: string | null | undefined): string {
  if (!code) return t('unknown');
  const key = `${prefix}_${code.replaceAll(/[ -]/g, '_')}` as Key;
  return ALL[speech.language][key] ?? code;
}

/** Picks the text of the language that is shown from a pair. */
export function inLanguage(words: Record<Language, string> | undefined): string {
  return words?.[speech.language] ?? '';
}
