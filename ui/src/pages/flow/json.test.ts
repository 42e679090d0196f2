import { expect, it } from 'vitest';

import { exactly, pieces, readObject, shown, tooLarge, whyNotEdit } from './json.ts';

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

const LARGE = '{"id":9007199254740993,"less":-9223372036854775808,"text":"9007199254740993, \\"12345678901234567890\\"","fraction":0.1234567890123456789,"power":1e20}';

it('finds whole numbers that would be rounded, and no others', () => {
  expect(tooLarge(LARGE)).toBe('9007199254740993');
  expect(tooLarge('{"a":-9007199254740993}')).toBe('-9007199254740993');
  expect(tooLarge('{"a":9007199254740991,"b":1e300,"c":"9007199254740993","d":12345678901234567890.5}')).toBeUndefined();
});

it('shows large numbers as they are', () => {
  expect(exactly(LARGE)).toContain('"id": 9007199254740993,\n  "less": -9223372036854775808,\n  "text": "9007199254740993, ');
  expect(exactly('{"a":[1,{}]}')).toBe(shown({ a: [1, {}] }));
});

it('refuses to change what it would round, or what has no version', () => {
  expect(whyNotEdit({ text: '{"a":1}', etag: '"7"' })).toBeUndefined();
  expect(whyNotEdit({ text: '{"a":1}', etag: undefined })).toMatch(/ETag/);
  expect(whyNotEdit({ text: LARGE, etag: '"7"' })).toMatch(/9007199254740993/);
  expect(readObject('{"a":9007199254740993}').wrong).toMatch(/rounding/);
});
