// Cuts styled text further: links, and what a search found.
import type { Piece } from './ansi.ts';

export interface Part extends Piece {
  href?: string;
  /** Found by the search. */
  mark?: boolean;
}

/** Only these lead anywhere; `javascript:` and others stay text. */
const LINK = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]+/g; // eslint-disable-line no-control-regex -- an address ends there
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]}]+$/;

/** A part of a text, in UTF-16 units. */
export interface Range {
  from: number;
  to: number;
}

function linkRanges(text: string): (Range & { href: string })[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(LINK)].map((match) => {
    const href = match[0].replace(TRAILING, '');
    return { from: match.index, to: match.index + href.length, href };
  });
}

/** Where a pattern matches; empty matches are left out. The pattern must be global. A person's expression is for the worker alone. */
export function markRanges(text: string, pattern: RegExp): Range[] {
  const ranges: Range[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0] !== '') ranges.push({ from: match.index, to: match.index + match[0].length });
  }
  return ranges;
}

/** The pieces of a line cut at links and marks, in order. `marked` says where the line is to be marked. */
export function parts(pieces: readonly Piece[], marked?: (text: string) => readonly Range[]): Part[] {
  const text = pieces.map((piece) => piece.text).join('');
  const [links, marks] = [linkRanges(text), marked?.(text) ?? []];
  if (links.length === 0 && marks.length === 0) return [...pieces];
  const out: Part[] = [];
  let at = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const edges = new Set([at, end]);
    for (const { from, to } of [...links, ...marks]) for (const edge of [from, to]) if (edge > at && edge < end) edges.add(edge);
    const sorted = [...edges].sort((one, other) => one - other);
    for (const [index, from] of sorted.entries()) {
      const to = sorted[index + 1];
      if (to === undefined) break;
      const inside = (range: Range) => range.from <= from && to <= range.to;
      out.push({ text: text.slice(from, to), style: piece.style, href: links.find(inside)?.href, mark: marks.some(inside) || undefined });
    }
    at = end;
  }
  return out;
}
