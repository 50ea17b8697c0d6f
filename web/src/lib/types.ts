/** What the interface under /v1 gives, as far as the picture uses it. */

export type Language = 'nl' | 'en';
export type Band = { low: number | null; mid: number | null; high: number | null };

export type Week = { id: string; direction: 'load' | 'feed_in'; from: string; quarters: number; minutes: number; kinds: string[] };

export type City = {
  name: string | null;
  municipality_code: string;
  run: string | null;
  base_year: number;
  created_at: string;
  seed: number;
  version: string;
  bbox: [number, number, number, number];
  homes: Band;
  binding: { binding: string; binding_kind: string; binding_count: number; binding_at: string };
  weeks: Week[];
  links: number;
  regional_curve: { case: keyof Band; regional_mw: number[]; homes: number[] }[];
  notes: { topic: string; nl: string; en: string; status: string }[];
  files: { file: string; licence: string; vintage: string; sha256: string }[];
  synthetic: Record<Language, string>;
  limits: Record<Language, string>;
  /** Each in English, and in Dutch where it has that. */
  warnings: { nl: string | null; en: string }[];
};

/** Which limits hold: what transformers may carry, and whether part of the reserve for an outage is used. */
export type Limits = { transformers: 'nameplate' | 'cyclic' | 'thermal'; n1_relaxed: boolean };

/** A fault or warning; what has no Dutch is told in English. */
export type Issue = { where: string; problem: string; remedy: string; severity: 'fault' | 'warning'; language: Language; field?: string };

export type Problem = {
  status: number;
  title: string;
  detail: string;
  /** Of title and detail. */
  language: Language;
  issues: Issue[];
  etag?: string;
  current?: Plan;
};

export type RunSummary = {
  id: string;
  kind: 'city' | 'plan' | 'claim' | 'other';
  name: string | null;
  created_at: string;
  first_year: number | null;
  last_year: number | null;
  outlook: string | null;
  /** Which limits it holds to, in a sentence; empty in a run of an earlier version. */
  limits: Record<Language, string>;
};

export type Table = {
  name: string;
  about: string;
  total: number;
  columns: { name: string; title: string; unit: string; about: string }[];
  rows: (string | number | boolean | null)[][];
};

export type Fact = {
  parameter: string;
  low: number | null;
  mid: number | null;
  high: number | null;
  unit: string;
  status: string;
  source: string;
  about: string;
  about_nl: string;
  valid_from: string;
};

export type Asset = {
  id: string;
  kind: string;
  link: number;
  name: string;
  area_name: string | null;
  synthetic: boolean;
  known_not_public: boolean;
  limit_kva: number | null;
  load_max_kva: number | null;
  load_max_at: string | null;
  loading_max: number | null;
  fed_by: { id: string; kind: string; link: number; loading_max: number | null }[];
  feeds: { stations: number; homes: number; addresses: number };
  worst_of: string | null;
  worst: { at: string; load_kva: number; loading: number | null }[];
  room: (Band & { binding: string | null; binding_kind: string | null; binding_at: string | null }) | null;
  binds: { areas: { area_code: string; area_name: string; room: number }[]; stations: number };
  why: Record<Language, string>;
  outage: Record<Language, string> | null;
  properties: Record<string, string | number | boolean | null>;
  facts: Fact[];
};

export type Place = { kind: string; id: string; label: string; lon: number; lat: number; link: number | null };

export type Service = number | string | { early?: number | string; expected: number | string; late?: number | string };

export type Measure = {
  id: string;
  name?: string;
  kind: string;
  place: string;
  size: number | string;
  in_service: Service;
  status: string;
  payers?: Record<string, number>;
  assumed?: boolean;
  [key: string]: unknown;
};

export type Plan = {
  name: string;
  city: string;
  first_year: number;
  last_year: number;
  outlook?: string;
  budget?: Record<string, unknown>[];
  measure?: Measure[];
  promise?: Record<string, unknown>[];
  outlines?: unknown;
};

export type ListRow = Record<string, string>;

export type ListColumn = {
  key: string;
  nl: string;
  en: string;
  needed: string;
  unit: string;
  about: string;
  about_nl: string;
  values: { value: string; nl: string; en: string }[];
};

export type Kind = {
  kind: string;
  group: string;
  unit: string;
  payer: string;
  owner: string;
  investment_eur: number | null;
  yearly_eur: number | null;
  lead_time_years: number | null;
  status: string;
  source: string;
  about: string;
  about_nl: string;
};

export type Catalogue = {
  city: string;
  kinds: Kind[];
  payers: string[];
  statuses: string[];
  outlooks: string[];
  first_year: number;
  last_year: number;
  list_columns: ListColumn[];
  outlines: string[];
  limits: { transformers: Limits['transformers'][]; usual: Limits };
  words: Record<Language, Record<string, Record<string, string>>>;
};

export type Job = {
  id: string;
  kind: 'city' | 'check' | 'plan' | 'search' | 'claim';
  inputs: Record<string, unknown>;
  status: 'queued' | 'running' | 'stopping' | 'done' | 'failed' | 'cancelled';
  step: string;
  fraction: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  run: string | null;
  message: string;
  /** Of the message. */
  language: Language;
  /** What was kept of a search that was stopped. */
  kept: { plan: string | null; homes: number | null; year: number | null; gap: number | null } | null;
  issues: Issue[];
};

export type StoredDocument = { id: string; etag: string; changed_at: number };

export type RunDetail = RunSummary & {
  facts: Record<string, unknown>;
  series: string[];
  tables: { name: string; rows: number; about: string }[];
  files: string[];
};

export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

type Words = Record<Language, string>;

export type LayerColumn = { name: string; kind: string; unit: string; about: Words };

/** Manifest of a component, as far as it is shown. */
export type Component = {
  id: string;
  version: string;
  name: Words;
  about: Words;
  kind: string;
  licence: string;
  owner: string;
  /** Whether it is one of the twin itself. */
  own: boolean;
  limits: Words[];
  data: { source: Words; licence: string; vintage: string }[];
  outputs: { layers: { name: string; about: Words; columns: LayerColumn[] }[] };
  algorithm_register?: Record<string, string>;
};

export type Indicator = {
  id: string;
  name_nl: string;
  name_en: string;
  value: number | null;
  low?: number | null;
  high?: number | null;
  unit: string;
  component: string;
  about_nl: string;
  about_en: string;
  status?: string;
  source?: string;
};
