import { describe, expect, it } from 'vitest';

import { differences, merged, rowsOf, variablesOf, wrongName, wrongWhole } from './env.ts';
import { addresses, embeddings, pictureOf } from './places.ts';
import { deletesMore, draftOf, keepOf, same, told, wrongLimit } from './retention.ts';
import { backwards, changes, counters, request, wrongNumber } from './sequences.ts';

describe('variables', () => {
  it('are rows by name, and variables again; a row without a name is nothing', () => {
    const rows = rowsOf({ B: '2', A: '1' });
    expect(rows.map((row) => row.name)).toEqual(['A', 'B']);
    expect(variablesOf([...rows, { name: ' C ', value: '3' }, { name: '', value: '' }])).toEqual({ A: '1', B: '2', C: '3' });
  });

  it('have names that programs can ask for, each once', () => {
    const rows = ['OK', '1st', 'a-b', 'OK', ''].map((name) => ({ name, value: 'x' }));
    expect(rows.map((_, index) => wrongName(rows, index) !== undefined)).toEqual([false, true, true, true, true]);
    expect(wrongName([{ name: '', value: '' }], 0)).toBeUndefined();
    expect(wrongName([{ name: 'A'.repeat(101), value: '' }], 0)).toMatch('at most 100');
  });

  it('are bounded together', () => {
    expect(wrongWhole({ A: 'x'.repeat(1000) })).toBeUndefined();
    expect(wrongWhole({ A: 'ß'.repeat(13_000) })).toMatch('26001 bytes');
    expect(wrongWhole(Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`V${index}`, ''])))).toMatch('201 variables');
  });

  it('that two people changed keep both changes', () => {
    const [from, theirs, mine] = [{ A: '1', B: '2', C: '3' }, { A: '1', B: 'theirs', D: '4' }, { A: 'mine', B: '2', C: '3' }];
    expect(differences(theirs, mine).map((item) => item.name)).toEqual(['A', 'B', 'C', 'D']);
    expect(merged(from, theirs, mine)).toEqual({ A: 'mine', B: 'theirs', D: '4' });
    expect(merged(from, theirs, { B: 'both' })).toEqual({ B: 'both', D: '4' });
  });
});

describe('numbers', () => {
  const all = counters({ flow: 10, ci: 8, dev: 3, stages: { build: 5, 'unit tests': 5 } });

  it('change where another one was typed', () => {
    const changed = changes(all, { flow: '12', ci: '8', dev: 'x', 'stage:build': ' 4 ', 'stage:unit tests': '' });
    expect(changed.map(({ id, to }) => [id, to])).toEqual([['flow', 12], ['stage:build', 4]]);
    expect(backwards(changed).map(({ title }) => title)).toEqual(['build']);
    expect(request(changed, true)).toEqual({ force: true, flow: 12, stages: { build: 4 } });
    expect(request(changes(all, { ci: '9' }), false)).toEqual({ ci: 9 });
  });

  it('are whole and from 1', () => {
    for (const text of ['0', '-1', '1.5', '1e3', 'ten', '9007199254740994']) expect(wrongNumber(text), text).toBeDefined();
    for (const text of ['', '1', ' 42 ', '9007199254740992']) expect(wrongNumber(text), text).toBeUndefined();
  });
});

describe('a badge', () => {
  it('is taken in by other pages, whatever the branch is called', () => {
    const { badge, projectTray } = addresses('https://ci.example', '01b', 'a/b & c');
    expect([badge, projectTray]).toEqual(['https://ci.example/api/branches/01b/badges/build.svg', 'https://ci.example/api/projects/a%2Fb%20%26%20c/cctray.xml']);
    const [markdown, html] = embeddings(badge, 'https://ci.example/p/a(b)', '"><script>[x]');
    expect(markdown?.text).toBe('[!["\\>\\<script\\>\\[x\\]](https://ci.example/api/branches/01b/badges/build.svg)](https://ci.example/p/a%28b%29)');
    expect(html?.text).toBe('<a href="https://ci.example/p/a(b)"><img src="https://ci.example/api/branches/01b/badges/build.svg" alt="&quot;&gt;&lt;script&gt;[x]"></a>');
    expect(pictureOf('<svg a="#">')).toBe('data:image/svg+xml;charset=utf-8,%3Csvg%20a%3D%22%23%22%3E');
  });
});

describe('retention', () => {
  const keep = { days: 730, flows: 100, logs_days: 180, artifacts_days: null };

  it('is a form and what it came from', () => {
    expect(draftOf(keep)).toEqual({ days: '730', flows: '100', logs_days: '180', artifacts_days: '' });
    expect(same(keepOf(draftOf(keep)), keep)).toBe(true);
    expect(same({ days: 1 }, { days: 1, flows: null })).toBe(true);
    for (const text of ['0', '1.5', '-3', '36501']) expect(wrongLimit('days', text), text).toBeDefined();
    expect(wrongLimit('flows', '10001')).toBeDefined();
    expect(wrongLimit('logs_days', ' 7 ')).toBeUndefined();
  });

  it('says what becomes of flows', () => {
    expect(told('CI', keep)).toBe('CI flows are deleted 730 days after they completed, except the newest 100.');
    expect(told('CI', { days: 1 })).toBe('CI flows are deleted a day after they completed, except the newest one.');
    expect(told('DEV', { flows: 20 })).toBe('Of DEV flows only the newest 20 are kept, however old they are.');
    expect(told('DEV', { flows: 1 })).toBe('Of DEV flows only the newest one is kept, however old it is.');
    expect(told('DEV', {})).toBe('DEV flows are kept for ever.');
  });

  it('warns where more goes than before, also by taking a limit away', () => {
    expect(deletesMore(keep, keep)).toBe(false);
    expect(deletesMore(keep, { ...keep, days: 800, artifacts_days: 5 })).toBe(true);
    expect(deletesMore(keep, { ...keep, days: 800, logs_days: null })).toBe(false);
    expect(deletesMore(keep, { ...keep, days: null })).toBe(true);
    expect(deletesMore(keep, { ...keep, days: null, flows: null })).toBe(false);
    expect(deletesMore({}, { days: 36_500 })).toBe(true);
  });
});
