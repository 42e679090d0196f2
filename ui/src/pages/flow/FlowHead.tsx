// The top of a flow's page: how it stands, of what it is, since when, and what can be done.
import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Ago, Span, useNow } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import { removedWords } from '../../words/retention.ts';
import { flowState } from '../../words/states.ts';
import { span } from '../../words/time.ts';
import { queuedMs } from '../../words/usual.ts';
import { Sha } from '../shared/ChangeLine.tsx';
import { FlowActions } from './FlowActions.tsx';
import { useUsual } from './useBefore.ts';
import { useFlowJobs } from './useFlowJobs.ts';

export function FlowHead({ flow: item }: { flow: FlowView }) {
  const change = readBrief(item.change);
  const usual = useUsual(item);
  const waiting = (item.runs ?? []).reduce((sum, run) => sum + (run.completed_at == null ? run.jobs.waiting : 0), 0);
  return (
    <PageHead
      state={flowState(item)}
      title={
        <>
          Flow <bdi>{called(item.label)}</bdi>
          {change?.subject !== undefined && (
            <>
              {' · '}
              <bdi>{change.subject}</bdi>
            </>
          )}
        </>
      }
      actions={<FlowActions flow={item} />}
    >
      <Facts
        facts={[
          ['Branch', <bdi key="branch" className="mono">{item.branch_name}</bdi>],
          ['Commit', change?.sha === undefined ? '' : <Sha key="commit" sha={change.sha} to={change.url} />],
          ['By', (change?.by ?? item.started_by) ? <bdi key="by">{change?.by ?? item.started_by}</bdi> : ''],
          ['Kind', item.kind.toUpperCase()],
          ['Started', <Ago key="started" at={item.created_at} />],
          [item.completed_at ? 'Took' : 'So far', <Span key="took" from={item.created_at} to={item.completed_at} />],
          ['Usually', usual === undefined ? '' : <span key="usual" title="the middle of the last flows like it that passed">{span(usual)}</span>],
          ['Queued', <Queued key="queued" flow={item} />],
          ['Waiting', waiting > 0 ? <Link key="waiting" to="/queue">{counted(waiting, 'job')}</Link> : ''],
          ['Because', because(item)],
          ['Logs', removedWords(item, item.without_logs_since)],
          ['Artifacts', removedWords(item, item.without_artifacts_since)],
          ['Number', `${item.sequence} in the branch, ${item.own_sequence} of its kind`],
        ]}
      />
    </PageHead>
  );
}

/** How long its jobs waited for agents, added up. Of a flow of very many jobs nobody adds it up. */
function Queued({ flow }: { flow: FlowView }) {
  const read = useFlowJobs(flow);
  const jobs = read?.flatMap((item) => item.jobs ?? []) ?? [];
  const now = useNow(jobs.some((job) => job.started_at == null && job.completed_at == null));
  if (!read || jobs.length === 0) return '–';
  return <span title="what its jobs waited for agents, added up">{span(queuedMs(jobs, now))} in all</span>;
}

const TRIGGERS: Record<string, string> = { interval: 'its time came', date: 'its time came', cron: 'its time came', repo: 'there were commits', webhook: 'a git host told of a change' };

/** Why there is this flow; nothing from a server that does not say. */
function because({ reason, trigger_stage: stage, runs }: FlowView): string | undefined {
  if (!reason) return undefined;
  if (reason === 'person') return 'somebody started it';
  const name = runs?.find((run) => run.stage === stage)?.stage_name;
  return `${TRIGGERS[reason] ?? reason}${name ? `, says ${name}` : ''}`;
}
