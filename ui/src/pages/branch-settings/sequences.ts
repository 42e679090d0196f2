// The numbers that come next, as rows: what stands, what somebody typed, and whether a number would come again. Pure.
import type { NewSequences, SequencesView } from '../../api/generated/types.gen.ts';

export interface Counter {
  /** `flow`, `ci`, `dev`, or `stage:` and the stage's name. */
  id: string;
  title: string;
  /** How texts of stages name it. */
  reference: string;
  next: number;
}

export function counters(view: SequencesView): Counter[] {
  return [
    { id: 'flow', title: 'Flows of any kind', reference: 'flow.seq.shared', next: view.flow },
    { id: 'ci', title: 'CI flows', reference: 'flow.seq.own', next: view.ci },
    { id: 'dev', title: 'DEV flows', reference: 'flow.seq.own', next: view.dev },
    ...Object.entries(view.stages).map(([name, next]) => ({ id: `stage:${name}`, title: name, reference: 'run.seq', next })),
  ];
}

/** A larger one would lose digits where it is read as a floating-point number. */
const NUMBER_MAX = 2 ** 53;

/** What somebody typed for some counters, by id; an empty text changes nothing. */
export type Typed = Readonly<Record<string, string>>;

export function wrongNumber(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return /^\d+$/.test(trimmed) && number >= 1 && number <= NUMBER_MAX ? undefined : `a whole number from 1 to ${NUMBER_MAX}`;
}

export interface Change extends Counter {
  to: number;
}

/** What would change, as far as the numbers are numbers. */
export const changes = (all: readonly Counter[], typed: Typed): Change[] =>
  all.flatMap((counter) => {
    const text = typed[counter.id]?.trim() ?? '';
    if (text === '' || wrongNumber(text) !== undefined || Number(text) === counter.next) return [];
    return [{ ...counter, to: Number(text) }];
  });

/** Those that go back: numbers which were there before would come again. */
export const backwards = (changed: readonly Change[]): Change[] => changed.filter((change) => change.to < change.next);

export function request(changed: readonly Change[], force: boolean): NewSequences {
  const body: NewSequences = force ? { force } : {};
  for (const { id, to } of changed) {
    if (id === 'flow' || id === 'ci' || id === 'dev') body[id] = to;
    else body.stages = { ...body.stages, [id.slice('stage:'.length)]: to };
  }
  return body;
}
