import { describe, expect, it } from 'vitest';

import { commitLink, readBrief, readChange, repoName, shortSha, webLink } from './changes.ts';

const SHA = '6558a22f6558a22f6558a22f6558a22f6558a22f';

describe('addresses of a change', () => {
  it.each([
    ['https://git.example/a/b', 'https://git.example/a/b'],
    ['https://ada:secret@git.example/a', 'https://git.example/a'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['no address', undefined],
    [7, undefined],
  ])('%j is linked as %j', (address, link) => {
    expect(webLink(address)).toBe(link);
  });

  it('know where well-known hosts show a commit', () => {
    expect(commitLink('https://github.com/kraken/kraken.git', SHA)).toBe(`https://github.com/kraken/kraken/commit/${SHA}`);
    expect(commitLink('git@gitlab.com:group/sub/kraken.git', SHA)).toBe(`https://gitlab.com/group/sub/kraken/-/commit/${SHA}`);
    expect(commitLink('https://git.example/kraken', SHA)).toBeUndefined();
    expect(commitLink('https://github.com/a/b', '../../login')).toBeUndefined();
  });

  it('call a repository by owner and name', () => {
    expect([repoName('https://git.example/a/b.git'), repoName('git@host:a/b.git'), repoName('/srv/git/b')]).toEqual(['a/b', 'a/b', '/srv/git/b']);
  });
});

describe('a change', () => {
  it('is read with its commits, newest first', () => {
    const change = readChange({
      repo: 'https://github.com/a/b',
      branch: 'main',
      after: SHA,
      by: { name: 'ania' },
      commits: [
        { id: SHA, author: { name: 'ania', email: '' }, message: 'Show why\n\nBecause.', added: ['x'], modified: ['y'], removed: [] },
        { id: 'f00', author: { email: 'bob@example' }, message: '  ', paths_cut: true, url: 'javascript:alert(1)' },
      ],
    });
    expect(change.commits).toEqual([
      { sha: 'f00', subject: 'without a message', body: '', author: 'bob@example', at: undefined, url: undefined, files: undefined },
      { sha: SHA, subject: 'Show why', body: 'Because.', author: 'ania', at: undefined, url: `https://github.com/a/b/commit/${SHA}`, files: 2 },
    ]);
    expect(change.pull).toBeUndefined();
  });

  it('survives whatever is there instead', () => {
    expect(readChange('nothing').commits).toEqual([]);
    expect(readChange({ commits: [null, 7], pull_request: 'x', by: [] }).commits).toHaveLength(2);
    expect([readBrief(null), readBrief(undefined), readBrief({})?.commits]).toEqual([undefined, undefined, 0]);
  });

  it('has short names for commits, not for tags', () => {
    expect([shortSha(SHA), shortSha('v1.2.3-some-tag')]).toEqual(['6558a22f', 'v1.2.3-some-tag']);
  });
});
