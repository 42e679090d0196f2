// Why a flow goes no further: jobs without an agent or held by others, runs that wait for a person or for their turn.
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { startRun } from '../../api/actions.ts';
import type { FlowView, JobView, RunView } from '../../api/generated/types.gen.ts';
import { run, runJobs, waiting } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { useLive } from '../../live/useLive.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button } from '../../parts/Button.tsx';
import { Span } from '../../parts/Time.tsx';
import { counted } from '../../words/amounts.ts';
import { called } from '../../words/labels.ts';
import { isRunOver, waitsBehind } from '../../words/states.ts';

/** Enough to see why; the queue has them all. */
const SHOWN = 3;
/** Jobs that wait, of each run: more than are shown, so that one that waits for an agent is among them. */
const LOOKED_AT = 20;
/** Of larger runs those that wait are looked for among very many: now and then, not with each job that moves on. */
const LIVE_MAX = 1000;
const LARGE_EVERY_MS = 15_000;

export function WhyWaiting({ flow }: { flow: FlowView }) {
  const open = flow.runs?.filter((run) => !isRunOver(run)) ?? [];
  const queued = open.filter((run) => run.jobs.waiting > 0);
  const behind = open.filter((run) => waitsBehind(run) !== undefined);
  const isLarge = (run: RunView) => run.jobs.total > LIVE_MAX;
  useLive(queued.filter((run) => !isLarge(run)).map((run) => `run:${run.id}` as const));
  const lists = useQueries({ queries: queued.map((run) => ({ ...runJobs(run.id, LOOKED_AT, 'queued'), refetchInterval: isLarge(run) ? LARGE_EVERY_MS : (false as const) })) });
  const waits = lists.flatMap((list) => list.data?.items.filter((job) => job.state === 'queued') ?? []);
  // What waits for other jobs goes on by itself; what waits for an agent may need somebody.
  const jobs = waits.sort((one, other) => Number(one.held ?? false) - Number(other.held ?? false)).slice(0, SHOWN);
  const reasons = useQueries({ queries: jobs.map((job) => waiting(job.id)) });
  const total = queued.reduce((sum, run) => sum + run.jobs.waiting, 0);
  return (
    <>
      {open
        .filter((run) => run.state === 'manual')
        .map((run) => (
          <Manual key={run.id} run={run} project={flow.project} />
        ))}
      {behind.map((run) => (
        <Turn key={run.id} run={run} />
      ))}
      {jobs.map((job, index) => {
        const reason = reasons[index]?.data;
        return reason?.waiting ? <Waits key={job.id} job={job} stage={queued.find((run) => run.id === job.run)?.stage_name} reason={reason.reason} /> : null;
      })}
      {total > jobs.length && jobs.length > 0 && (
        <p className="small muted">
          {counted(total - jobs.length, 'more job waits', 'more jobs wait')}: <Link to="/queue">the queue</Link> says why.
        </p>
      )}
    </>
  );
}

function Waits({ job, stage, reason }: { job: JobView; stage: string | undefined; reason: string }) {
  return (
    <Banner look="queued">
      <strong>
        <Link to="/jobs/$job" params={{ job: job.id }}>
          <bdi>{stage}</bdi> / <bdi>{job.name}</bdi>
        </Link>{' '}
        has been waiting <Span from={job.created_at} to={undefined} />.
      </strong>{' '}
      {sentence(reason)}
    </Banner>
  );
}

/** The API's sentences begin small: they also stand behind a colon. */
export const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** A run whose group has another in progress. */
function Turn({ run: item }: { run: RunView }) {
  const before = waitsBehind(item) ?? '';
  const other = useQuery({ ...run(before), placeholderData: undefined }).data;
  return (
    <Banner look="queued">
      <strong>
        <Link to="/runs/$run" params={{ run: item.id }}>
          <bdi>{item.stage_name}</bdi>
        </Link>{' '}
        waits for its turn, for <Span from={item.created_at} to={undefined} />.
      </strong>{' '}
      One run of its group goes on at a time, and{' '}
      <Link to="/runs/$run" params={{ run: before }}>
        {other ? <bdi>{`${other.stage_name} run ${called(other.label)}`}</bdi> : 'an older run'}
      </Link>{' '}
      is before it.
    </Banner>
  );
}

function Manual({ run, project }: { run: RunView; project: string }) {
  const { busy, act } = useAct();
  const not = useWhyNot('user', project);
  return (
    <Banner
      look="manual"
      action={
        <Button look="main" busy={busy} why={not} onClick={() => void act(() => startRun(run.id), { say: `${run.stage_name} is started`, touch: [['flow', run.flow], ['run', run.id]] })}>
          Start {run.stage_name}
        </Button>
      }
    >
      <strong>
        <Link to="/runs/$run" params={{ run: run.id }}>
          <bdi>{run.stage_name}</bdi>
        </Link>{' '}
        waits for somebody to start it.
      </strong>
    </Banner>
  );
}
