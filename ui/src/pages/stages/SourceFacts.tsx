import type { SourceView } from '../../api/generated/types.gen.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Ago } from '../../parts/Time.tsx';
import { shortCommit } from './source.ts';
import { short } from './trigger.ts';

/** Where a stage's code is, which version is in use, and when it was and will be looked at. */
export function SourceFacts({ source }: { source: SourceView }) {
  const { url, branch, file, credentials, commit, newest_commit: newest, looked_at: looked, next_look: next, refresh_s: every, refresh_on_run: onRun } = source;
  return (
    <Facts
      column
      facts={[
        ['Repository', <code key="url">{url}</code>],
        ['File', <span key="file"><code>{file}</code> <span className="muted">on branch</span> <code>{branch}</code></span>],
        ['Read with', credentials == null ? null : <code key="credentials">{credentials}</code>],
        ['In use', <Commit key="use" sha={commit} what="commit in use" />],
        ['Newest seen', newest == null || newest === commit ? null : <Commit key="newest" sha={newest} what="newest commit" />],
        [
          'Looked at',
          <span key="looked">
            {looked == null ? 'not since it was set' : <Ago at={looked} />}
            <span className="muted">
              , every {short(every)}
              {onRun && ' and before each run'}
            </span>
            {next != null && (
              <span className="muted">
                , next <Ago at={next} />
              </span>
            )}
          </span>,
        ],
      ]}
    />
  );
}

function Commit({ sha, what }: { sha: string; what: string }) {
  return (
    <span className="row">
      <code title={sha}>{shortCommit(sha)}</code>
      <Copy text={sha} what={what} />
    </span>
  );
}
