// Links to lines: `#L120`, `#L120-L140`. Lines are from 1 there, as people see them, and from 0 inside.

export interface Selection {
  from: number;
  to: number;
}

const SHAPE = /^#?L(\d{1,9})(?:-L?(\d{1,9}))?$/;

export function parseSelection(hash: string): Selection | undefined {
  const match = SHAPE.exec(hash);
  if (!match) return undefined;
  const [one, other] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (one === 0 || other === 0) return undefined;
  return { from: Math.min(one, other) - 1, to: Math.max(one, other) - 1 };
}

export const formatSelection = ({ from, to }: Selection): string => (from === to ? `L${from + 1}` : `L${from + 1}-L${to + 1}`);

/** A click on a line; with shift, everything from the earlier selection to it. */
export function extend(selection: Selection | undefined, line: number, shift: boolean): Selection {
  if (!shift || !selection) return { from: line, to: line };
  return line < selection.from ? { from: line, to: selection.to } : { from: selection.from, to: line };
}
