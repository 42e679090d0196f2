import { Ago } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import type { Commit } from '../../words/changes.ts';
import { Sha } from '../shared/ChangeLine.tsx';

/** A commit in one line; what its message says below the first line opens. `children`: where it came with. */
export function OneCommit({ commit, children }: { commit: Commit; children?: React.ReactNode }) {
  const { sha, subject, body, author, at, url, files } = commit;
  return (
    <li className="line-row">
      <Sha sha={sha} to={url} />
      <span className="line-main">
        {body === '' ? (
          <bdi className="wrap-any">{subject}</bdi>
        ) : (
          <details className="grow">
            <summary>
              <bdi className="wrap-any">{subject}</bdi>
            </summary>
            <p className="commit-body wrap-any small muted">{body}</p>
          </details>
        )}
      </span>
      {children}
      <bdi className="muted small clip commit-author" title={author}>
        {author}
      </bdi>
      <span className="muted small line-end">{files === undefined ? '' : counted(files, 'file')}</span>
      <span className="muted small line-end">{at !== undefined && !Number.isNaN(Date.parse(at)) && <Ago at={at} />}</span>
    </li>
  );
}
