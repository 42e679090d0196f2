// Terminal output as pieces of styled text (ECMA-48 SGR). Everything that moves a cursor or talks to a terminal is dropped,
// and control characters become visible signs: what comes out is text and nothing else.

export interface Style {
  /** 0 to 15: the theme's palette; a text: `#rrggbb`. */
  fg?: number | string;
  bg?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
  strike?: boolean;
}

export interface Piece {
  text: string;
  style: Style;
}

const PLAIN: Style = Object.freeze({});

// CSI … final byte; OSC, DCS, SOS, PM, APC … until BEL or ST (or the end); any other escape of two or three characters.
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const ESCAPE = /\u001b(?:\[([0-?]*)[ -/]*([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]*[0-~]|$)|\u009b([0-?]*)[ -/]*([@-~])/g;

// eslint-disable-next-line no-control-regex -- see above
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

function visible(text: string): string {
  return text.replace(CONTROL, (char) => {
    const code = char.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** A line that was overwritten (`10 %\r20 %\r`): what stood there in the end. */
function overwritten(line: string): string {
  if (!line.includes('\r')) return line;
  const parts = line.split('\r');
  return parts.findLast((part) => part !== '') ?? '';
}

const hex = (value: number) => value.toString(16).padStart(2, '0');
const byte = (value: number | undefined) => Math.min(255, Math.max(0, value ?? 0));

/** One of the 256 colours of xterm: 16 of the palette, a cube of 6 × 6 × 6, 24 greys. */
function indexed(index: number): number | string {
  if (index < 16) return index;
  if (index >= 232) return `#${hex(8 + (index - 232) * 10).repeat(3)}`;
  const level = (step: number) => hex(step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

/** Reads `5;n` or `2;r;g;b` after 38 or 48; gives the colour and how many codes it took. */
function extended(codes: readonly number[], at: number): [colour: number | string | undefined, taken: number] {
  if (codes[at] === 5) return [indexed(byte(codes[at + 1])), 2];
  if (codes[at] === 2) return [`#${hex(byte(codes[at + 1]))}${hex(byte(codes[at + 2]))}${hex(byte(codes[at + 3]))}`, 4];
  return [undefined, 1];
}

/** The codes that say one thing. */
const SIMPLE: Record<number, Style> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: undefined, dim: undefined },
  23: { italic: undefined },
  24: { underline: undefined },
  27: { inverse: undefined },
  29: { strike: undefined },
  39: { fg: undefined },
  49: { bg: undefined },
} as const;

function sgr(style: Style, params: string): Style {
  const codes = params.split(/[;:]/).map((code) => Number.parseInt(code, 10) || 0);
  let next: Style = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 0) next = {};
    else if (code === 38 || code === 48) {
      const [colour, taken] = extended(codes, at + 1);
      if (colour !== undefined) next[code === 38 ? 'fg' : 'bg'] = colour;
      at += taken;
    } else if (code >= 30 && code <= 37) next.fg = code - 30;
    else if (code >= 90 && code <= 97) next.fg = code - 82;
    else if (code >= 40 && code <= 47) next.bg = code - 40;
    else if (code >= 100 && code <= 107) next.bg = code - 92;
    else Object.assign(next, SIMPLE[code]);
  }
  return next;
}

/** The pieces of one line. Each line begins plain: lines are drawn in any order. */
export function ansi(line: string): Piece[] {
  const text = overwritten(line);
  if (!text.includes('\u001b') && !text.includes('\u009b')) return text === '' ? [] : [{ text: visible(text), style: PLAIN }];
  const pieces: Piece[] = [];
  let [style, from] = [PLAIN, 0];
  const push = (to: number) => {
    if (to > from) pieces.push({ text: visible(text.slice(from, to)), style });
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(match.index);
    from = match.index + match[0].length;
    const [params, final] = [match[1] ?? match[3], match[2] ?? match[4]];
    if (final === 'm') style = sgr(style, params ?? '');
  }
  push(text.length);
  return pieces;
}

/** A line without any styling: what search looks at. */
export const plain = (line: string): string =>
  ansi(line)
    .map((piece) => piece.text)
    .join('');
