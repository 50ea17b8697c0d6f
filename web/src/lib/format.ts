/** Numbers, moments and units as people read them; what is missing is said to be so. */

import type { Band, Language } from './types';

const LOCALES: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };
export const MISSING = '–';

export function number(value: number | null | undefined, language: Language, decimals = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  const shown = new Intl.NumberFormat(LOCALES[language], {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return shown.format(value);
}

/** Three significant figures at least, as measured and assumed values are shown. */
export function measured(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return new Intl.NumberFormat(LOCALES[language], { maximumSignificantDigits: 4 }).format(value);
}

export function percent(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  return new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: 0 }).format(value);
}

/** low – mid – high. */
export function band(values: Band, language: Language): string {
  return [values.low, values.mid, values.high].map((each) => number(each, language)).join(' – ');
}

export function euros(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING;
  if (Math.abs(value) < 1e6) return `€ ${number(value, language)}`;
  const million = { nl: 'miljoen', en: 'million' }[language];
  return `€ ${number(value / 1e6, language, 1)} ${million}`;
}

/** A moment on the Dutch clock, such as "za 14 januari 18:15". */
export function moment(at: string | null | undefined, language: Language): string {
  if (!at) return MISSING;
  const shown = new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: 'Europe/Amsterdam',
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
  });
  return shown.format(new Date(at));
}

export function day(at: string | null | undefined, language: Language): string {
  if (!at) return MISSING;
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}
