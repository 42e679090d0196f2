import { describe, expect, it } from 'vitest';

import { references, secretOf, wrongName, wrongValue } from './kinds.ts';

describe('a secret', () => {
  it('is named in stages by what it holds', () => {
    expect(references('token', 'simple')).toEqual(['#{secrets.token}']);
    expect(references('deploy', 'ssh_key')).toEqual(['#{secrets.deploy.user}', '#{secrets.deploy.key}']);
    expect(references('login', 'user_password')).toEqual(['#{secrets.login.user}', '#{secrets.login.password}']);
  });

  it('has a name that stages can write, and that is still free', () => {
    const taken = new Set(['token']);
    expect(wrongName('', taken)).toBeUndefined();
    expect(wrongName('deploy-key_2', taken)).toBeUndefined();
    expect(wrongName('token', taken)).toMatch(/replace/);
    for (const name of ['a b', 'a.b', 'ключ', '<b>', 'a'.repeat(101)]) expect(wrongName(name, taken)).toBeDefined();
  });

  it('has a value that is long enough to be found in logs, and not too long', () => {
    expect(wrongValue('')).toBeUndefined();
    expect(wrongValue('🦑🦑🦑')).toMatch(/4 characters/);
    expect(wrongValue('🦑🦑🦑🦑')).toBeUndefined();
    expect(wrongValue('ü'.repeat(8 * 1024))).toBeUndefined();
    expect(wrongValue('ü'.repeat(8 * 1024 + 1))).toMatch(/16 KiB/);
  });

  it('is sent as its kind wants it; a key ends with its last line', () => {
    const draft = { user: 'git', value: 'secret', note: 'for all' };
    expect(secretOf({ ...draft, kind: 'simple' })).toEqual({ kind: 'simple', value: 'secret', note: 'for all' });
    expect(secretOf({ ...draft, kind: 'user_password' })).toEqual({ kind: 'user_password', user: 'git', password: 'secret', note: 'for all' });
    expect(secretOf({ ...draft, kind: 'ssh_key' })).toMatchObject({ user: 'git', key: 'secret\n' });
    expect(secretOf({ ...draft, kind: 'ssh_key', value: 'secret\n' })).toMatchObject({ key: 'secret\n' });
  });
});
