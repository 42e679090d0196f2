import { expect, it } from 'vitest';

import { pieces, readObject, shown } from './json.ts';

it('reads objects', () => {
  expect(readObject('{"a": [1, null]}')).toEqual({ value: { a: [1, null] } });
});

it('says where JSON is wrong', () => {
  expect(readObject('{\n  "a": 1,\n  oops\n}').wrong).toMatch(/^line 3, column 3: /);
  expect(readObject('').wrong).toBeDefined();
});

it.each(['[]', '7', 'null', '"text"'])('takes no %s for the whole', (text) => {
  expect(readObject(text).wrong).toMatch(/object/);
});

it('keeps every text apart, whatever is quoted in it', () => {
  const json = shown({ 'a"b': '\\', c: [1] });
  expect(pieces(json).map(({ text }) => text).join('')).toBe(json);
  expect(pieces(json).filter(({ quoted }) => quoted).map(({ text }) => JSON.parse(text) as string)).toEqual(['a"b', '\\', 'c']);
});
