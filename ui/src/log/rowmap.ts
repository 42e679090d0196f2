// Which lines are rows, when groups are folded: line ↔ row, by binary search over the hidden ranges.

/** Lines `from` to `to`, both hidden. */
export interface Hidden {
  from: number;
  to: number;
}

interface Cut extends Hidden {
  /** Lines hidden before this range. */
  before: number;
}

/** Disjoint ranges in order; overlapping and touching ones become one. */
function merged(hidden: readonly Hidden[]): Hidden[] {
  const sorted = hidden.filter(({ from, to }) => to >= from).sort((one, other) => one.from - other.from);
  const out: Hidden[] = [];
  for (const range of sorted) {
    const last = out.at(-1);
    if (last && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else out.push({ ...range });
  }
  return out;
}

export class RowMap {
  readonly rows: number;
  readonly #cuts: Cut[];

  constructor(lines: number, hidden: readonly Hidden[]) {
    let before = 0;
    this.#cuts = merged(hidden.map(({ from, to }) => ({ from, to: Math.min(to, lines - 1) }))).map((range) => {
      const cut = { ...range, before };
      before += range.to - range.from + 1;
      return cut;
    });
    this.rows = lines - before;
  }

  /** The last cut that fulfils `holds`, which holds for a beginning of all cuts. */
  #lastCut(holds: (cut: Cut) => boolean): Cut | undefined {
    let [low, high] = [0, this.#cuts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const cut = this.#cuts[middle];
      if (cut && holds(cut)) low = middle + 1;
      else high = middle;
    }
    return this.#cuts[low - 1];
  }

  lineOf(row: number): number {
    // A cut's first line would be row `from - before` if it were not hidden.
    const cut = this.#lastCut((candidate) => candidate.from - candidate.before <= row);
    return cut ? row + cut.before + (cut.to - cut.from + 1) : row;
  }

  /** The row of a line; of a hidden one, the row before it (the group's title). */
  rowOf(line: number): number {
    const cut = this.#lastCut((candidate) => candidate.from <= line);
    if (!cut) return line;
    if (line <= cut.to) return Math.max(0, cut.from - cut.before - 1);
    return line - cut.before - (cut.to - cut.from + 1);
  }

  isHidden(line: number): boolean {
    const cut = this.#lastCut((candidate) => candidate.from <= line);
    return cut !== undefined && line <= cut.to;
  }
}
