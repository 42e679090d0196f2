// The top of a flow's page: how it stands, of what it is, since when, and what can be done.
import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { Facts } from '../../parts/Facts.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { readBrief } from '../../words/changes.ts';
import { called } from '../../words/labels.ts';
import { removedWords } from '../../words/retention.ts';
import { flowState } from '../../words/states.ts';
import { Sha } from '../shared/ChangeLine.tsx';
import { FlowActions } from './FlowActions.tsx';

export function FlowHead({ flow: item }: { flow: FlowView }) {
  const change = readBrief(item.change);
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

const TRIGGERS: Record<string, string> = { interval: 'its time came', date: 'its time came', cron: 'its time came', repo: 'there were commits', webhook: 'a git host told of a change' };

/** Why there is this flow; nothing from a server that does not say. */
function because({ reason, trigger_stage: stage, runs }: FlowView): string | undefined {
  if (!reason) return undefined;
  if (reason === 'person') return 'somebody started it';
  const name = runs?.find((run) => run.stage === stage)?.stage_name;
  return `${TRIGGERS[reason] ?? reason}${name ? `, says ${name}` : ''}`;
}
