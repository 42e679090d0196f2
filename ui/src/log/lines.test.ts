import { describe, expect, it } from 'vitest';

import { ansi } from './ansi.ts';
import { groupsOf } from './groups.ts';
import { Lines, matcher, patternOf, type Wanted } from './matcher.ts';
import { markRanges, parts } from './pieces.ts';
import { RowMap } from './rowmap.ts';
import { extend, formatSelection, parseSelection } from './selection.ts';

describe('links in a line', () => {
  const hrefs = (line: string) => parts(ansi(line)).flatMap((part) => (part.href ? [part.href] : []));

  it('lead to the web only', () => {
    expect(hrefs('see https://ci.example/x?a=1#L3, or (http://b.example).')).toEqual(['https://ci.example/x?a=1#L3', 'http://b.example']);
    expect(hrefs('javascript://x data:text/html,hi file:///etc/passwd')).toEqual([]);
  });

  it('are found across colours', () => {
    const cut = parts(ansi('\u001b[32mhttps://a.\u001b[31mexample\u001b[0m x'));
    expect(cut.map((part) => [part.text, part.href])).toEqual([
      ['https://a.', 'https://a.example'],
      ['example', 'https://a.example'],
      [' x', undefined],
    ]);
  });

  it('do not hide what a search marks', () => {
    const cut = parts(ansi('at https://a.example now'), (text) => markRanges(text, /exam|now/g));
    expect(cut.filter((part) => part.mark).map((part) => part.text)).toEqual(['exam', 'now']);
    expect(cut.map((part) => part.text).join('')).toBe('at https://a.example now');
  });
});

describe('groups', () => {
  it('nest, may stay open, and ignore stray ends', () => {
    const markers = [
      { number: 2, text: '::endgroup::' },
      { number: 4, text: '::group::build' },
      { number: 6, text: '::group::deps' },
      { number: 9, text: '::endgroup::' },
      { number: 12, text: '::endgroup::' },
      { number: 20, text: '::group::open' },
    ];
    expect(groupsOf(markers)).toEqual([
      { title: 'build', first: 4, last: 12, depth: 0 },
      { title: 'deps', first: 6, last: 9, depth: 1 },
      { title: 'open', first: 20, last: undefined, depth: 0 },
    ]);
  });
});

describe('rows and lines', () => {
  const map = new RowMap(100, [
    { from: 11, to: 19 },
    { from: 15, to: 22 },
    { from: 50, to: 50 },
    { from: 90, to: 500 },
  ]);

  it('skip what is folded', () => {
    expect(map.rows).toBe(100 - 12 - 1 - 10);
    expect([map.lineOf(10), map.lineOf(11), map.lineOf(37), map.lineOf(38)]).toEqual([10, 23, 49, 51]);
    expect([map.rowOf(10), map.rowOf(23), map.rowOf(51), map.rowOf(89)]).toEqual([10, 11, 38, 76]);
  });

  it('agree both ways', () => {
    for (let row = 0; row < map.rows; row += 1) expect(map.rowOf(map.lineOf(row))).toBe(row);
  });

  it('lead from a folded line to its title', () => {
    expect([map.rowOf(15), map.isHidden(15), map.isHidden(10)]).toEqual([10, true, false]);
  });
});

describe('links to lines', () => {
  it('name one line or a range, in any order', () => {
    expect([parseSelection('#L120'), parseSelection('L140-L120'), parseSelection('#L3-5')]).toEqual([
      { from: 119, to: 119 },
      { from: 119, to: 139 },
      { from: 2, to: 4 },
    ]);
    expect([parseSelection('#L0'), parseSelection('#steps'), parseSelection('#L1-x')]).toEqual([undefined, undefined, undefined]);
  });

  it('are written as they are read', () => {
    expect([formatSelection({ from: 119, to: 139 }), formatSelection({ from: 0, to: 0 })]).toEqual(['L120-L140', 'L1']);
  });

  it('grow with shift', () => {
    const one = extend(undefined, 10, true);
    expect([extend(one, 20, true), extend({ from: 10, to: 20 }, 5, true), extend(one, 7, false)]).toEqual([
      { from: 10, to: 20 },
      { from: 5, to: 20 },
      { from: 7, to: 7 },
    ]);
  });
});

describe('searching', () => {
  const finds = (wanted: Wanted, line: string) => matcher(wanted)(line);

  it('takes a text as it is, in any case, through colours', () => {
    expect(finds({ kind: 'text', text: 'A.B' }, 'x a.b')).toBe(true);
    expect(finds({ kind: 'text', text: 'A.B' }, 'x aXb')).toBe(false);
    expect(finds({ kind: 'text', text: 'needle' }, 'nee\u001b[31mdle')).toBe(true);
  });

  it('takes a regular expression, or says what is wrong with it', () => {
    expect(finds({ kind: 'regex', text: '^test .* FAILED$' }, 'test a::b ... FAILED')).toBe(true);
    expect(() => patternOf({ kind: 'regex', text: '(' })).toThrow(SyntaxError);
  });

  it.each([
    ['error: assertion failed', true],
    ['thread main panicked at src/main.rs', true],
    ['Traceback (most recent call last):', true],
    ['0 errors, 0 failed', false],
    ['compiled without errors', false],
    ['error_count = 3', false],
    ['no-error-here', false],
  ])('takes %j for an error: %s', (line, is) => {
    expect(finds({ kind: 'error' }, line)).toBe(is);
  });
});

describe('a stream of text', () => {
  it('becomes lines wherever it is cut', () => {
    const text = 'one\ntwo\n\nthree';
    for (let size = 1; size <= text.length; size += 1) {
      const [lines, out] = [new Lines(), [] as string[]];
      for (let from = 0; from < text.length; from += size) lines.push(text.slice(from, from + size), (line) => out.push(line));
      lines.end((line) => out.push(line));
      expect(out).toEqual(['one', 'two', '', 'three']);
    }
  });
});
