// What a flow was started with: commits of each repository, with the ways to the host that has them.
import { useQuery } from '@tanstack/react-query';

import { flowChanges } from '../../api/changes.ts';
import type { FlowView } from '../../api/generated/types.gen.ts';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { counted } from '../../words/amounts.ts';
import type { Change } from '../../words/changes.ts';
import { Outside } from '../shared/ChangeLine.tsx';
import { OneCommit } from './OneCommit.tsx';
import { Since } from './Since.tsx';

export function Changes({ flow }: { flow: FlowView }) {
  const found = useQuery(flowChanges(flow.id));
  return (
    <div className="stack">
      <Query of={found}>
        {(changes) =>
          changes.length === 0 ? (
            <Panel title="This flow">
              <Empty>
                This flow was started without a change. A webhook of a git host, or a trigger <code>repo</code>, brings the commits along.
              </Empty>
            </Panel>
          ) : (
            changes.map((change, index) => <OneChange key={index} change={change} />)
          )
        }
      </Query>
      <Since flow={flow} whole />
    </div>
  );
}

function OneChange({ change }: { change: Change }) {
  const { repo, repoUrl, branch, before, after, by, url, pull, note, commits } = change;
  return (
    <Panel
      title={
        <>
          <Outside to={repoUrl}>
            <bdi>{repo || 'a repository'}</bdi>
          </Outside>{' '}
          <span className="muted">{commits.length > 0 ? counted(commits.length, 'commit') : 'no commits told'}</span>
        </>
      }
      aside={url === undefined ? undefined : <Outside to={url} className="small">all of it at the host</Outside>}
      flush
    >
      <div className="panel-note stack small">
        {pull && (
          <p className="wrap-any">
            <Outside to={pull.url}>Pull request {pull.number}</Outside> <bdi>{pull.title}</bdi>, into <bdi className="mono">{pull.target}</bdi> {pull.fromFork && <Tag look="tests">from a fork</Tag>}
          </p>
        )}
        <p className="muted wrap-any">
          <bdi className="mono">{branch}</bdi> {before !== undefined && <>from <code>{before.slice(0, 8)}</code> </>}
          {after !== undefined && <>to <code>{after.slice(0, 8)}</code></>} {by !== undefined && <>by <bdi>{by}</bdi></>}
        </p>
        {note !== undefined && <p className="muted wrap-any">{note}</p>}
      </div>
      <ul className="lines">
        {commits.map((commit, index) => (
          <OneCommit key={`${commit.sha} ${index}`} commit={commit} />
        ))}
      </ul>
    </Panel>
  );
}
