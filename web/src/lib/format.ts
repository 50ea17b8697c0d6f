/** Numbers, moments and units as people read them; what is missing is said to be so, and is never 0. */

import type { Band, Language } from './types';

type Missing = null | undefined;
const LOCALES: Record<Language, string> = { nl: 'nl-NL', en: 'en-GB' };
/** The city's clock. */
export const TIME_ZONE = 'Europe/Amsterdam';
export const MISSING = '–';

export function isMissing(value: number | Missing): value is Missing {
  return value === null || value === undefined || !Number.isFinite(value);
}

export function number(value: number | Missing, language: Language, decimals = 0): string {
  if (isMissing(value)) return MISSING;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  // Adding zero turns a rounded -0 into 0.
  return new Intl.NumberFormat(LOCALES[language], digits).format(Number(value.toFixed(decimals)) + 0);
}

/** About three digits, as measured and assumed values are shown. */
export function measured(value: number | Missing, language: Language): string {
  if (isMissing(value)) return MISSING;
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return number(value, language);
  return number(value, language, size >= 10 ? 1 : 2);
}

export function percent(value: number | Missing, language: Language, decimals = 0): string {
  return isMissing(value) ? MISSING : `${number(value * 100, language, decimals)}\u00a0%`;
}

/** Distance to a bound, rounded up: a proof may not claim more than it gives. */
export function gap(value: number | Missing, language: Language): string {
  if (isMissing(value)) return MISSING;
  const tenths = Math.ceil(Number((value * 1000).toFixed(6)));
  return percent(tenths / 1000, language, tenths % 10 ? 1 : 0);
}

/** low – mid – high. */
export function band(values: Band | Missing, language: Language): string {
  if (!values) return MISSING;
  return [values.low, values.mid, values.high].map((each) => number(each, language)).join(' – ');
}

export function euros(value: number | Missing, language: Language): string {
  if (isMissing(value)) return MISSING;
  const sign = language === 'nl' ? '€\u00a0' : '€';
  const size = Math.abs(value);
  if (size < 1e6) return sign + number(size >= 1e5 ? Math.round(value / 1000) * 1000 : value, language);
  const million = language === 'nl' ? '\u00a0mln' : '\u00a0million';
  return sign + number(value / 1e6, language, size >= 1e8 ? 0 : 1) + million;
}

/** A quarter on the clock of the city, such as "za 14 januari 18:15"; the year where it is asked. */
export function moment(at: string | Missing, language: Language, withYear = false): string {
  if (!at) return MISSING;
  const shown = new Intl.DateTimeFormat(LOCALES[language], {
    timeZone: TIME_ZONE,
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    ...(withYear ? { year: 'numeric' } : {}),
  });
  return shown.format(new Date(at));
}

/** When something was made or saved. */
export function when(at: string | number | Missing, language: Language): string {
  if (!at) return MISSING;
  const date = new Date(typeof at === 'number' ? at * 1000 : at);
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE } as const;
  return new Intl.DateTimeFormat(LOCALES[language], style).format(date);
}

/** Reads a number as people type it, in Dutch or English; nothing where it is not one. */
export function readNumber(text: string): number | null {
  const bare = text.trim().replaceAll(/[\s_]/g, '');
  const plain = /^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(bare) ? bare.replaceAll('.', '') : bare;
  const value = Number(plain.replace(',', '.'));
  return bare === '' || !Number.isFinite(value) ? null : value;
}
