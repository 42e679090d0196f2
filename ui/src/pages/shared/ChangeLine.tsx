import type { Brief } from '../../words/changes.ts';
import { shortSha } from '../../words/changes.ts';
import { counted } from '../../words/amounts.ts';

/** A way out of the house: to a git host. Its page learns neither the address here nor anything of this tab. */
export function Outside({ to, children, className, title }: { to: string | undefined; children: React.ReactNode; className?: string; title?: string }) {
  if (to === undefined) return <span className={className} title={title}>{children}</span>;
  return (
    <a href={to} target="_blank" rel="noreferrer noopener" className={className} title={title}>
      {children}
    </a>
  );
}

export function Sha({ sha, to }: { sha: string; to: string | undefined }) {
  return (
    <Outside to={to} className="mono" title={sha}>
      {shortSha(sha)}
    </Outside>
  );
}

/** A change in one line: what it says, its commit, who made it. */
export function ChangeLine({ brief }: { brief: Brief }) {
  const { subject, sha, by, url, pull, commits, others } = brief;
  return (
    <span className="row change-line">
      {pull !== undefined && <Outside to={url}>#{pull}</Outside>}
      {subject !== undefined && (
        <bdi className="clip" title={subject}>
          {subject}
        </bdi>
      )}
      {sha !== undefined && <Sha sha={sha} to={pull === undefined ? url : undefined} />}
      {by !== undefined && (
        <span className="muted small clip">
          by <bdi>{by}</bdi>
        </span>
      )}
      {commits > 1 && <span className="muted small">{counted(commits, 'commit')}</span>}
      {others > 0 && <span className="muted small">and {counted(others, 'other repository', 'other repositories')}</span>}
    </span>
  );
}
