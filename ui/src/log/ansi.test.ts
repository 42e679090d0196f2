import { describe, expect, it } from 'vitest';

import { ansi, plain } from './ansi.ts';

const E = '\u001b';

describe('terminal output', () => {
  it('is plain text without escapes', () => {
    expect(ansi('hello')).toEqual([{ text: 'hello', style: {} }]);
    expect(ansi('')).toEqual([]);
  });

  it('carries styles until they end', () => {
    const pieces = ansi(`${E}[1;32mCompiling${E}[0m x ${E}[91;44mbad${E}[39m!`);
    expect(pieces.map(({ text, style }) => [text, style])).toEqual([
      ['Compiling', { bold: true, fg: 2 }],
      [' x ', {}],
      ['bad', { fg: 9, bg: 4 }],
      ['!', { fg: undefined, bg: 4 }],
    ]);
  });

  it('knows the 256 colours and true colour, with ; and with :', () => {
    expect(ansi(`${E}[38;5;196ma${E}[38;5;3mb${E}[48;5;244mc${E}[38;2;1;2;300md${E}[38:5:9me`).map(({ style }) => [style.fg, style.bg])).toEqual([
      ['#ff0000', undefined],
      [3, undefined],
      [3, '#808080'],
      ['#0102ff', '#808080'],
      [9, '#808080'],
    ]);
  });

  it('drops what moves a cursor, sets a title or links', () => {
    expect(plain(`${E}[2K${E}[1A${E}]0;title\u0007a${E}]8;;javascript:alert(1)${E}\\b${E}]8;;${E}\\${E}(Bc${E}`)).toBe('abc');
  });

  it('shows what a progress bar ended with', () => {
    expect(plain('10 %\r50 %\r100 %\r')).toBe('100 %');
    expect(plain('done\r')).toBe('done');
  });

  it('makes control characters visible and keeps tabs', () => {
    expect(plain('a\u0000b\tc\u007f\u0085')).toBe('a\u2400b\tc\u2421\ufffd');
  });

  it('leaves markup alone: it is text', () => {
    expect(ansi('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>', style: {} }]);
  });

  it('survives broken escapes', () => {
    expect(plain(`${E}[999999;;;38;5mx${E}[38my${E}[`)).toBe('xy');
  });

  it('reads a line of a megabyte of escapes in one pass', () => {
    const line = `${E}[31mx`.repeat(200_000);
    expect(ansi(line)).toHaveLength(200_000);
    expect(plain(`${E}]`.repeat(100_000))).toBe('');
  });
});
