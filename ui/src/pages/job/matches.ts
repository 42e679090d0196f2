// Which match comes next. Pure.

/** The index of the match that is `by` (1 or -1) from the one at `at`; from none, the next after line `from`, or before it. Round and round. */
export function nextMatch(lines: readonly number[], at: number | undefined, from: number, by: 1 | -1): number | undefined {
  if (lines.length === 0) return undefined;
  const round = (index: number) => (index + lines.length) % lines.length;
  if (at !== undefined) return round(at + by);
  const after = lines.findIndex((line) => line >= from);
  // None comes after: on from the beginning, or back from the end.
  if (after === -1) return by > 0 ? 0 : lines.length - 1;
  return by > 0 ? after : round(after - 1);
}
