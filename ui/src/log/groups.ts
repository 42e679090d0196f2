// Foldable groups: lines between `::group::title` and `::endgroup::`, and the lines of each step.

export interface Group {
  title: string;
  /** The line that names it. */
  first: number;
  /** The line that ends it; `undefined` while it is open. */
  last: number | undefined;
  depth: number;
}

/** Where the lines of a step begin. */
export interface StepMark {
  /** Its number in the job, from 0. */
  step: number;
  firstLine: number;
}

export interface StepLines {
  step: number;
  first: number;
  /** `undefined` for the last: it goes on to the end of the log. */
  last: number | undefined;
}

/** The lines of each step, in order; steps that wrote nothing are left out. */
export function stepLines(marks: readonly StepMark[], total: number): StepLines[] {
  const sorted = [...marks].sort((one, other) => one.step - other.step);
  return sorted.flatMap(({ step, firstLine }, index): StepLines[] => {
    const next = sorted[index + 1]?.firstLine;
    if (firstLine >= (next ?? total)) return [];
    return [{ step, first: firstLine, last: next === undefined ? undefined : next - 1 }];
  });
}

/** Groups end with the step that they began in: what a tool left open does not fold the steps after it. */
export function withinSteps(groups: readonly Group[], steps: readonly StepLines[]): Group[] {
  return groups.map((group) => {
    const step = steps.findLast((lines) => lines.first <= group.first);
    if (step?.last === undefined || (group.last !== undefined && group.last <= step.last)) return group;
    return { ...group, last: step.last };
  });
}

/** What a step's group is called among folded groups: below zero, as its first line may begin a group of its own. */
export const stepKey = (first: number): number => -1 - first;

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
