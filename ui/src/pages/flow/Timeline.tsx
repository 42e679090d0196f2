import { Link } from '@tanstack/react-router';

import type { FlowView } from '../../api/generated/types.gen.ts';
import { useLive } from '../../live/useLive.ts';
import { StateIcon } from '../../parts/State.tsx';
import { Span, useNow } from '../../parts/Time.tsx';
import { isRunOver, jobState, runState, type State } from '../../words/states.ts';
import { type Bar, barOf, type Scale, scaleOf } from './bars.ts';
import { useFlowJobs } from './useFlowJobs.ts';

interface Row {
  id: string;
  name: React.ReactNode;
  link: { to: '/jobs/$job'; params: { job: string } } | { to: '/runs/$run'; params: { run: string } };
  state: State;
  created_at: string;
  started_at?: string | null;
  completed_at?: string | null;
}

function useRows(flow: FlowView): Row[] {
  const read = useFlowJobs(flow);
  useLive((read ?? []).filter(({ run }) => !isRunOver(run)).map(({ run }) => `run:${run.id}` as const));
  if (!read) {
    const runs = flow.runs?.filter((run) => run.state !== 'manual') ?? [];
    return runs.map((run) => ({ ...run, name: <bdi>{run.stage_name}</bdi>, link: { to: '/runs/$run', params: { run: run.id } }, state: runState(run) }));
  }
  return read.flatMap(({ run, jobs }) =>
    (jobs ?? []).map((job): Row => ({
      ...job,
      name: (
        <>
          <bdi>{run.stage_name}</bdi> / <bdi>{job.name}</bdi>
        </>
      ),
      link: { to: '/jobs/$job', params: { job: job.id } },
      state: jobState(job),
    })),
  );
}

export function Timeline({ flow }: { flow: FlowView }) {
  const rows = useRows(flow);
  const moving = rows.some((row) => row.completed_at == null);
  const now = useNow(moving);
  if (rows.length === 0) return <p className="muted">Nothing ran yet.</p>;
  const scale: Scale = scaleOf(rows, now);
  return (
    <ul className="timeline">
      {rows.map((row) => (
        <li key={row.id}>
          <StateIcon look={row.state.look} label={row.state.word} />
          <Link {...row.link} className="clip" preload={false}>
            {row.name}
          </Link>
          <BarLine bar={barOf(row, scale, now)} look={row.started_at ? row.state.look : undefined} />
          {row.started_at ? <Span from={row.started_at} to={row.completed_at} /> : <span className="num muted">{row.state.word.toLowerCase()}</span>}
        </li>
      ))}
    </ul>
  );
}

const share = (value: number) => `${(value * 100).toFixed(3)}%`;

function BarLine({ bar, look }: { bar: Bar; look: string | undefined }) {
  return (
    <span className="bar-line" aria-hidden="true">
      <span className="bar-wait" style={{ left: share(bar.waitFrom), width: share(bar.runFrom - bar.waitFrom) }} />
      {look && <span className={`bar-run look-${look}`} style={{ left: share(bar.runFrom), width: share(bar.to - bar.runFrom) }} />}
    </span>
  );
}
