// Environment variables as rows that are edited, and what somebody else made of them meanwhile. Pure.

export interface Row {
  name: string;
  value: string;
}

const NAME_MAX = 100;
const AMOUNT_MAX = 200;
const BYTES_MAX = 24 * 1024;

export const rowsOf = (variables: Record<string, string>): Row[] =>
  Object.entries(variables)
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/** Rows without a name are nothing yet. */
export const variablesOf = (rows: readonly Row[]): Record<string, string> => Object.fromEntries(rows.filter((row) => row.name.trim() !== '').map((row) => [row.name.trim(), row.value]));

/** What is wrong with a row's name. */
export function wrongName(rows: readonly Row[], index: number): string | undefined {
  const name = rows[index]?.name.trim() ?? '';
  if (name === '') return rows[index]?.value === '' ? undefined : 'it needs a name';
  if (name.length > NAME_MAX) return `at most ${NAME_MAX} characters`;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'letters from a to z, digits and _, no digit first';
  return rows.some((row, at) => at < index && row.name.trim() === name) ? 'there is one of this name above' : undefined;
}

/** What is wrong with all of them together. */
export function wrongWhole(variables: Record<string, string>): string | undefined {
  const entries = Object.entries(variables);
  if (entries.length > AMOUNT_MAX) return `there are ${entries.length} variables, at most ${AMOUNT_MAX} are kept`;
  const bytes = new TextEncoder().encode(entries.flat().join('')).length;
  return bytes > BYTES_MAX ? `names and values have ${bytes} bytes, at most ${BYTES_MAX} are kept` : undefined;
}

export interface Difference {
  name: string;
  /** Absent: there is none of this name. */
  theirs: string | undefined;
  mine: string | undefined;
}

/** Names may be anything, also what every object has. */
const own = (of: Record<string, string>, name: string): string | undefined => (Object.hasOwn(of, name) ? of[name] : undefined);

/** Where two sets of variables differ, by name. */
export function differences(theirs: Record<string, string>, mine: Record<string, string>): Difference[] {
  const names = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])].sort();
  return names.map((name) => ({ name, theirs: own(theirs, name), mine: own(mine, name) })).filter((item) => item.theirs !== item.mine);
}

/** Both edits on what they came from: theirs, with what I changed. Where both changed the same, mine. */
export function merged(from: Record<string, string>, theirs: Record<string, string>, mine: Record<string, string>): Record<string, string> {
  const out = new Map(Object.entries(theirs));
  for (const { name, mine: value } of differences(from, mine)) {
    if (value === undefined) out.delete(name);
    else out.set(name, value);
  }
  return Object.fromEntries(out);
}
