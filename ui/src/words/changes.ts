// What changed in a repository so that a flow was started. The API's document calls changes plain objects, so what is read of
// them is checked here. Addresses come from outside: only those of the web become links.

/** What lists know of a change. */
export interface Brief {
  subject: string | undefined;
  /** The commit that is run. */
  sha: string | undefined;
  by: string | undefined;
  url: string | undefined;
  branch: string | undefined;
  pull: number | undefined;
  commits: number;
  /** Changes of other repositories that came with it. */
  others: number;
}

export interface Commit {
  sha: string;
  subject: string;
  /** What the message says below its first line. */
  body: string;
  author: string;
  at: string | undefined;
  url: string | undefined;
  /** Files that it touches; `undefined` where nobody counted. */
  files: number | undefined;
}

export interface Change {
  /** `owner/name`, or the whole address. */
  repo: string;
  repoUrl: string | undefined;
  branch: string;
  before: string | undefined;
  after: string | undefined;
  by: string | undefined;
  url: string | undefined;
  pull: { number: number; title: string; target: string; url: string | undefined; fromFork: boolean } | undefined;
  note: string | undefined;
  /** Newest first. */
  commits: Commit[];
}

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** An address that a link may have: of the web, without a name or a password in it. */
export function webLink(address: unknown): string | undefined {
  if (typeof address !== 'string' || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  [url.username, url.password] = ['', ''];
  return url.href;
}

/** `https://host/owner/name` of a repository, also of `git@host:owner/name.git`. */
function repoLink(address: string): string | undefined {
  const ssh = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)(?::\d+(?=\/))?[:/](?!\/)(.+)$/.exec(address);
  return webLink(ssh ? `https://${ssh[1] ?? ''}/${ssh[2] ?? ''}` : address)?.replace(/(\.git)?\/*$/, '');
}

/** Where hosts show a commit, when nobody told its page. */
const COMMIT_PAGES: Record<string, string> = { 'github.com': 'commit', 'gitlab.com': '-/commit', 'codeberg.org': 'commit', 'bitbucket.org': 'commits' };

export function commitLink(repo: string, sha: string): string | undefined {
  const url = repoLink(repo);
  const page = url === undefined ? undefined : COMMIT_PAGES[new URL(url).hostname];
  return url !== undefined && page !== undefined && /^[0-9a-f]{7,64}$/.test(sha) ? `${url}/${page}/${sha}` : undefined;
}

/** `owner/name` of a repository's address. */
export function repoName(address: string): string {
  const url = repoLink(address);
  return url === undefined ? address : decodeURI(new URL(url).pathname.slice(1)) || address;
}

export const shortSha = (sha: string): string => (/^[0-9a-f]{12,}$/.test(sha) ? sha.slice(0, 8) : sha);

export function readBrief(change: unknown): Brief | undefined {
  if (typeof change !== 'object' || change === null) return undefined;
  const of = fields(change);
  const [sha, repo] = [text(of.after), text(of.repo)];
  return {
    subject: text(of.subject),
    sha,
    by: text(of.by),
    url: webLink(of.url) ?? (sha !== undefined && repo !== undefined ? commitLink(repo, sha) : undefined),
    branch: text(of.branch),
    pull: number(of.pull_request),
    commits: number(of.commits) ?? 0,
    others: number(of.others) ?? 0,
  };
}

function readCommit(repo: string, value: unknown): Commit {
  const of = fields(value);
  const message = text(of.message)?.trim() ?? '';
  const [first = '', ...rest] = message.split('\n');
  const author = fields(of.author);
  const sha = text(of.id) ?? '';
  const counted = ['added', 'modified', 'removed'].reduce((sum, name) => sum + list(of[name]).length, 0);
  return {
    sha,
    subject: first.trim() || 'without a message',
    body: rest.join('\n').trim(),
    author: text(author.name) ?? text(author.email) ?? '',
    at: text(of.timestamp),
    url: webLink(of.url) ?? commitLink(repo, sha),
    files: of.paths_cut === true && counted === 0 ? undefined : counted,
  };
}

export function readChange(value: unknown): Change {
  const of = fields(value);
  const repo = text(of.repo) ?? '';
  const pull = fields(of.pull_request);
  return {
    repo: repoName(repo),
    repoUrl: repoLink(repo),
    branch: text(of.branch) ?? '',
    before: text(of.before),
    after: text(of.after),
    by: text(fields(of.by).name),
    url: webLink(of.url),
    pull:
      number(pull.number) === undefined
        ? undefined
        : { number: number(pull.number) ?? 0, title: text(pull.title) ?? '', target: text(pull.target_branch) ?? '', url: webLink(pull.url), fromFork: pull.from_fork === true },
    note: text(of.note),
    commits: list(of.commits)
      .map((commit) => readCommit(repo, commit))
      .reverse(),
  };
}
