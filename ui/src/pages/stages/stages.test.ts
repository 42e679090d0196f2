import { describe, expect, it } from 'vitest';

import { credentialChoices, everyChoices, missing, wrongUrl } from './source.ts';
import { fieldsOf, groupsOf, lacks, stepText } from './step.ts';
import { elsewhere, everyOf, inZone, short } from './trigger.ts';

const SHELL = {
  type: 'object',
  required: [],
  allOf: [{ anyOf: [{ required: ['cmd'] }, { required: ['script'] }] }],
  properties: {
    cmd: { type: 'string', description: 'The command.' },
    script: { type: 'string' },
    user: { type: 'string', minLength: 1 },
    background: { anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '#\\{' }] },
  },
};
const OTHER = {
  required: ['source'],
  properties: {
    depth: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'string' }] },
    expiry: { anyOf: [{ type: 'string', examples: ['10m'] }, { type: 'integer' }] },
    action: { enum: ['upload', 'download'] },
    keys: { type: 'array', items: { type: 'string' } },
    env: { type: 'object', additionalProperties: { type: 'string' } },
    source: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    files: { type: 'array', items: { type: 'object' } },
  },
};

describe('a step', () => {
  it('has a form that its tool’s schema says', () => {
    expect(fieldsOf(SHELL).map(({ key, kind }) => [key, kind])).toEqual([['cmd', 'text'], ['script', 'text'], ['user', 'name'], ['background', 'flag']]);
    const fields = fieldsOf(OTHER);
    expect(fields.map(({ key, kind }) => [key, kind])).toEqual([['source', 'one-or-many'], ['depth', 'scalar'], ['expiry', 'scalar'], ['action', 'choice'], ['keys', 'list'], ['env', 'map'], ['files', 'other']]);
    expect(fields.find((field) => field.key === 'expiry')?.example).toBe('10m');
    expect(fieldsOf(null)).toEqual([]);
  });

  it('lacks what must be there', () => {
    expect(lacks(fieldsOf(SHELL), groupsOf(SHELL), { user: 'ada' })).toBe('cmd or script is missing');
    expect(lacks(fieldsOf(SHELL), groupsOf(SHELL), { cmd: 'make' })).toBeUndefined();
    expect(lacks(fieldsOf(OTHER), groupsOf(OTHER), { source: '  ' })).toBe('source is missing');
  });

  it('is a dict of the code, whatever is in its texts', () => {
    expect(stepText('shell', fieldsOf(SHELL), { cmd: 'echo "a\\b"', background: 'True', user: '' })).toBe('{"tool": "shell", "cmd": "echo \\"a\\\\b\\"", "background": True}');
    expect(stepText('shell', fieldsOf(SHELL), { script: 'a\n\tb\u0007' })).toBe('{"tool": "shell", "script": "\\n".join(["a", "\\tb\\u0007"])}');
    const text = stepText('x@2', fieldsOf(OTHER), { source: 'one\ntwo', depth: '007', expiry: '10m', action: 'upload', keys: 'k', env: 'A=1=2\nB', files: '' });
    expect(text).toBe('{\n    "tool": "x@2",\n    "source": ["one", "two"],\n    "depth": 7,\n    "expiry": "10m",\n    "action": "upload",\n    "keys": ["k"],\n    "env": {"A": "1=2", "B": ""},\n}');
    expect(stepText('x', fieldsOf(OTHER), { source: 'one' })).toBe('{"tool": "x", "source": "one"}');
  });
});

describe('a source', () => {
  it('is asked for at an address without a password', () => {
    for (const text of ['', 'https://host/path.git', '/srv/git/shop.git', 'file:///srv/git/shop.git']) expect(wrongUrl(text), text).toBeUndefined();
    for (const text of ['git@host:path', 'ssh://host/path', 'host/path', 'https://ada:secret@host/path', 'https://ada@host/path']) expect(wrongUrl(text), text).toBeDefined();
    expect(missing({ url: 'https://host', branch: ' ', file: 'x', credentials: '', every: '60', onRun: false })).toBe('the branch is missing');
  });

  it('keeps choices that are not among the usual ones', () => {
    expect(everyChoices('90').map((choice) => choice.label).slice(0, 3)).toEqual(['every 1 min', 'every 1 m 30 s', 'every 5 min']);
    const known = [{ name: 'b', kind: 'simple' }, { name: 'a', kind: 'user_password' }, { name: 'key', kind: 'ssh_key' }, { name: 'b', kind: 'simple' }];
    expect(credentialChoices(known, 'gone').map((choice) => choice.value)).toEqual(['', 'a', 'b', 'gone']);
  });
});

describe('a trigger', () => {
  it('says its rule in words', () => {
    expect([short(86_400), short(7200), short(300), short(90)]).toEqual(['1 d', '2 h', '5 min', '1 m 30 s']);
    expect(everyOf({ kind: 'repo', every_s: 300 })).toBe('looks every 5 min');
    expect(everyOf({ kind: 'date' })).toBeUndefined();
  });

  it('says the time of its own zone', () => {
    expect(inZone('2026-11-22T23:30:00Z', 'Europe/Warsaw')).toBe('2026-11-23 00:30:00');
    expect(inZone('2026-11-22T23:30:00Z', 'No/Where')).toBeUndefined();
    expect(elsewhere('2026-11-22T23:30:00Z', undefined)).toBeUndefined();
    expect(elsewhere('2026-11-22T23:30:00Z', 'Pacific/Kiritimati')).toBe('2026-11-23 13:30 in Pacific/Kiritimati');
  });
});
