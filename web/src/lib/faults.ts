/** Faults of plans and lists in Dutch; the service tells them in English. */

import type { Issue, Language } from './types';

type Pattern = [RegExp, string];

const PROBLEMS: Pattern[] = [
  [/^size is (.+)\.$/, 'het aantal is $1.'],
  [/^kind '(.*)' is not in the catalogue\.$/, "de soort '$1' staat niet in de catalogus."],
  [/^occurs more than once\.$/, 'komt meer dan één keer voor.'],
  [/^in_service early (.+), expected (.+) and late (.+) do not follow\.$/,
    'vroegst $1, verwacht $2 en laatst $3 volgen niet op elkaar.'],
  [/^the shares of its payers sum to (.+)\.$/, 'de aandelen van de betalers zijn samen $1.'],
  [/^ends on (.+), before it is in service on (.+)\.$/, 'eindigt op $1, voordat het op $2 in bedrijf is.'],
  [/^budget line '(.*)' is not in the plan\.$/, "de begrotingsregel '$1' staat niet in het plan."],
  [/^depends on (.+), which is not in the plan\.$/, 'hangt af van $1, dat niet in het plan staat.'],
  [/^depends on itself\b.*$/, 'hangt van zichzelf af.'],
  [/^'?(\w+)'? is missing\.$/, '$1 ontbreekt.'],
  [/^lacks (.+)\.$/, '$1 ontbreekt.'],
  [/^'(.*)' is not a known key\.$/, "'$1' is hier geen bekend veld."],
  [/^(\w+) is (.+)\.$/, '$1 is $2.'],
  [/^"(.*)" cannot be read as a number\.$/, '"$1" is niet als getal te lezen.'],
  [/^"(.*)" cannot be recognised\.$/, '"$1" wordt niet herkend.'],
  [/^"(.*)" cannot be below zero\.$/, '"$1" mag niet onder nul zijn.'],
  [/^"(.*)" cannot lie before the first year\.$/, '"$1" ligt voor het eerste jaar.'],
  [/^is empty\.$/, 'is leeg.'],
  [/^is not found\.?$/, 'is niet gevonden.'],
  [/^'(.*)' names a file\.$/, "'$1' noemt een bestand."],
  [/^'(.*)' begins as a formula does\.$/, "'$1' begint als een formule."],
  [/^holds no rows\b.*$/, 'bevat geen rijen.'],
];

const REMEDIES: Pattern[] = [
  [/^Write how much of it is built, above 0\.$/, 'Vul in hoeveel ervan komt, meer dan 0.'],
  [/^Give each a name of its own\.$/, 'Geef elk een eigen naam.'],
  [/^Put them in order of time\.$/, 'Zet ze op volgorde van tijd.'],
  [/^Let them sum to 1\.$/, 'Laat ze samen 1 zijn.'],
  [/^Mend until or in_service\.$/, 'Verbeter een van beide datums.'],
  [/^Add it under \[\[budget\]\]\.$/, 'Voeg de regel toe, of laat het veld leeg.'],
  [/^Name the id of a measure\.$/, 'Noem het kenmerk van een maatregel.'],
  [/^Write a year, such as 2030\.$/, 'Schrijf een jaar, zoals 2030.'],
  [/^Write a date such as 2030-07-01, or a year.*$/, 'Schrijf een datum zoals 2030-07-01, of een jaar.'],
  [/^Write a number up to 1e12.*$/, 'Schrijf een getal, zonder eenheid.'],
  [/^Write text without spaces\.$/, 'Schrijf het zonder spaties.'],
  [/^Write text between quotes\.$/, 'Vul tekst in.'],
  [/^Write one of (.+)\.$/, 'Kies uit $1.'],
  [/^Use one of (.+)\.$/, 'Kies uit $1.'],
  [/^Write (\w+)\.$/, 'Bedoelt u $1?'],
  [/^Fill it in\.$/, 'Vul het in.'],
  [/^Give zero or more\.$/, 'Vul nul of meer in.'],
  [/^Give a year from (\d+) on, or leave it empty\.$/, 'Vul een jaar vanaf $1 in, of laat het leeg.'],
  [/^Write digits only.*$/, 'Schrijf alleen cijfers, zoals 500, of laat het leeg.'],
  [/^Draw the outline in the plan, and write its name here\.$/, 'Teken de omtrek in het plan en schrijf hier zijn naam.'],
  [/^Write it without that sign in front\.$/, 'Schrijf het zonder dat teken ervoor.'],
];

const PLACES: Pattern[] = [
  [/^plan, /, ''],
  [/^list, rows? ([^,]+), (.+)$/, 'rij $1, $2'],
  [/^measure /, 'maatregel '],
  [/^budget /, 'begrotingsregel '],
];

function said(text: string, patterns: Pattern[]): string | null {
  for (const [pattern, dutch] of patterns) {
    if (pattern.test(text)) return text.replace(pattern, dutch);
  }
  return null;
}

export type Told = { where: string; problem: string; remedy: string; language: Language };

/** An issue in a language; what has no Dutch stays English, and says so. */
export function told(issue: Issue, language: Language): Told {
  const { where, problem, remedy } = issue;
  if (language === 'en') return { where, problem, remedy, language };
  const dutch = { problem: said(problem, PROBLEMS), remedy: said(remedy, REMEDIES) };
  if (dutch.problem === null) return { where, problem, remedy, language: 'en' };
  let place = where.replace(/^(plan|list), /, (whole) => (whole === 'list, ' ? whole : ''));
  place = said(place, PLACES) ?? place;
  return { where: place, problem: dutch.problem, remedy: dutch.remedy ?? remedy, language: 'nl' };
}

/** Issues by the field that they are of. */
export function byField(issues: Issue[]): Record<string, Issue[]> {
  const found: Record<string, Issue[]> = {};
  for (const issue of issues) {
    if (issue.field) (found[issue.field] ??= []).push(issue);
  }
  return found;
}
