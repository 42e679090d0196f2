// States are told apart by shape and word; their colours alone must do as well as they can, also for people who see fewer colours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const sheet = readFileSync(join(import.meta.dirname, '../src/styles/tokens.css'), 'utf8');

const STATES = ['passed', 'failed', 'tests', 'running', 'queued', 'cancelled'] as const;
type Colour = readonly [number, number, number];

/** Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB. */
const SEEN_BY = {
  everybody: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopes: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopes: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopes: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
} as const satisfies Record<string, readonly (readonly number[])[]>;

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

function read(name: string, theme: 0 | 1): Colour {
  const pair = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(sheet);
  const hex = pair?.[theme + 1];
  if (hex === undefined) throw new Error(`no colour --${name}`);
  const part = (at: number) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return [part(0), part(2), part(4)];
}

const through = (matrix: readonly (readonly number[])[], [r, g, b]: Colour): Colour => {
  const row = ([x = 0, y = 0, z = 0]: readonly number[] = []) => Math.min(1, Math.max(0, x * r + y * g + z * b));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};

/** CIELAB of linear sRGB under D65. */
function lab([r, g, b]: Colour): Colour {
  const f = (value: number) => (value > 216 / 24389 ? Math.cbrt(value) : (value * 24389) / 27 / 116 + 16 / 116);
  const [x, y, z] = [f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505), f(0.2126 * r + 0.7152 * g + 0.0722 * b), f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (one: Colour, other: Colour): number => Math.hypot(...one.map((part, at) => part - (other[at] ?? 0)));

/** Just about a step that people see at a glance in small shapes. */
const APART = 10;

describe.each(['light', 'dark'] as const)('colours of states, %s', (theme) => {
  it.each(Object.entries(SEEN_BY))('as seen by %s', (_, matrix) => {
    const seen = new Map(STATES.map((state) => [state, lab(through(matrix, read(state, theme === 'light' ? 0 : 1)))]));
    const near = STATES.flatMap((one, at) =>
      STATES.slice(at + 1).flatMap((other) => {
        const apart = distance(seen.get(one)!, seen.get(other)!);
        return apart < APART ? [`${one} and ${other}: ${apart.toFixed(1)}`] : [];
      }),
    );
    expect(near).toEqual([]);
  });
});
