// What is different since the last flow that passed: stages that broke or mended, and the commits of the flows since.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { sinceGreen, type SinceGreen } from '../../api/changes.ts';
import { ApiProblem } from '../../api/problem.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { Sha } from '../shared/ChangeLine.tsx';
import { MarkTag } from '../shared/MarkTag.tsx';
import { OneCommit } from './OneCommit.tsx';
import { turned } from './turned.ts';
import { useBefore, useWhole } from './useBefore.ts';

/** Commits shown beside the timeline; the tab has them all. */
const FEW = 8;

export function Since({ flow, whole = false }: { flow: FlowView; whole?: boolean }) {
  const found = useQuery(sinceGreen(flow.id));
  const green = found.data?.green ?? undefined;
  // A server of an earlier version does not tell.
  if (found.error instanceof ApiProblem && found.error.status === 404) return null;
  const title = green ? (
    <>
      Since <FlowLink id={green.id} label={green.label} /> <span className="muted">the last that passed</span>
    </>
  ) : (
    'What changed'
  );
  const compare = green && (
    <Link to="/compare/$pair" params={{ pair: `${green.id}..${flow.id}` }} className="small">
      compare
    </Link>
  );
  return (
    <Panel title={title} aside={compare} flush>
      <Query of={found}>{(since) => <Found flow={flow} since={since} whole={whole} />}</Query>
    </Panel>
  );
}

function Found({ flow, since, whole }: { flow: FlowView; since: SinceGreen; whole: boolean }) {
  const [green, before] = [useWhole(since.green?.id), useBefore(flow)];
  const stages = [...turned(flow.runs ?? [], green?.runs ?? []).filter(({ mark }) => mark === 'broke'), ...turned(flow.runs ?? [], before?.runs ?? []).filter(({ mark }) => mark === 'mended')];
  const commits = since.items.flatMap((item) => item.changes.flatMap((change) => change.commits.map((commit) => ({ of: item.flow, commit }))));
  const shown = whole ? commits : commits.slice(0, FEW);
  const more = commits.length - shown.length + since.commits_left_out;
  return (
    <>
      <ul className="lines">
        {stages.map(({ run, mark }) => (
          <li key={run.id} className="line-row">
            <MarkTag mark={mark} />
            <Link to="/runs/$run" params={{ run: run.id }} className="line-main" search={run.jobs.error > 0 ? { state: 'failed' } : {}}>
              <bdi className="clip">{run.stage_name}</bdi>
            </Link>
          </li>
        ))}
        {shown.map(({ of, commit }, index) =>
          whole ? (
            <OneCommit key={index} commit={commit}>
              {of.id === flow.id ? <span className="muted small">this flow</span> : <FlowLink id={of.id} label={of.label} />}
            </OneCommit>
          ) : (
            <li key={index} className="line-row line-tight">
              <Sha sha={commit.sha} to={commit.url} />
              <span className="line-main">
                <bdi className="clip" title={commit.subject}>
                  {commit.subject}
                </bdi>
              </span>
              <bdi className="muted small clip commit-author" title={commit.author}>
                {commit.author}
              </bdi>
            </li>
          ),
        )}
      </ul>
      <p className="panel-note small muted">
        {!since.green && (since.older_not_looked_at ? 'None of the last flows passed. ' : 'No flow of this branch passed before. ')}
        {commits.length === 0 && 'No commit was told since. '}
        {more > 0 &&
          (whole ? (
            `${counted(since.commits_left_out, 'older commit is', 'older commits are')} not listed. `
          ) : (
            <Link to="." search={{ tab: 'changes' }}>
              {counted(more, 'more commit')}
            </Link>
          ))}
        {more === 0 && commits.length > 0 && counted(since.flows, 'flow since', 'flows since')}
      </p>
    </>
  );
}

function FlowLink({ id, label }: { id: string; label: string }) {
  return (
    <Link to="/flows/$flow" params={{ flow: id }} preload={false}>
      flow <bdi>{called(label)}</bdi>
    </Link>
  );
}
