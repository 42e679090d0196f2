// Foldable groups: lines between `::group::title` and `::endgroup::`.

export interface Group {
  title: string;
  /** The line that names it. */
  first: number;
  /** The line that ends it; `undefined` while it is open. */
  last: number | undefined;
  depth: number;
}

/** What finds the lines that begin or end groups: a regular expression that Rust and JavaScript read alike. */
export const MARKER = '^::(group::|endgroup::)';

const BEGIN = /^::group::(.*)$/;

export const groupTitle = (text: string): string | undefined => BEGIN.exec(text)?.[1];
export const endsGroup = (text: string): boolean => text.startsWith('::endgroup::');

/** Groups from the lines that match {@link MARKER}, in order. An end without a beginning is ignored. */
export function groupsOf(markers: Iterable<{ number: number; text: string }>): Group[] {
  const groups: Group[] = [];
  const open: Group[] = [];
  for (const { number, text } of markers) {
    const title = groupTitle(text);
    if (title !== undefined) {
      const group: Group = { title, first: number, last: undefined, depth: open.length };
      groups.push(group);
      open.push(group);
    } else if (endsGroup(text)) {
      const group = open.pop();
      if (group) group.last = number;
    }
  }
  return groups;
}
