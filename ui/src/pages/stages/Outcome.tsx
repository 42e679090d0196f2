import type { UseQueryResult } from '@tanstack/react-query';

import type { FieldProblem, ParameterView, PlannedJob, StageChecked } from '../../api/generated/types.gen.ts';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { ProblemNote } from '../../parts/Problem.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { counted } from '../../words/amounts.ts';

const COLUMNS: Column<PlannedJob>[] = [
  { id: 'name', title: 'Job', cell: (job) => <bdi className="clip" title={job.name}>{job.name}</bdi> },
  { id: 'system', title: 'System', cell: (job) => <bdi className="clip">{job.system}</bdi>, width: '140px' },
  { id: 'executor', title: 'Executor', cell: (job) => job.executor, width: '90px', spare: true },
  { id: 'group', title: 'Group', cell: (job) => <bdi className="clip">{job.agents_group}</bdi>, width: '120px', spare: true },
  { id: 'needs', title: 'After', cell: (job) => <bdi className="clip muted" title={(job.needs ?? []).join(', ')}>{(job.needs ?? []).join(', ')}</bdi>, width: '14%', spare: true },
  { id: 'steps', title: 'Steps', cell: (job) => <Steps job={job} />, width: '22%' },
];

/** The tools one after the other; how many, where the answer had no room for them. */
function Steps({ job }: { job: PlannedJob }) {
  const list = job.step_list ?? [];
  if (list.length === 0) return <>{counted(job.steps, 'step')}</>;
  return (
    <bdi className="clip" title={list.map((step) => `${step.name} (${step.tool})`).join('\n')}>
      {list.map((step) => step.tool).join(' → ')}
    </bdi>
  );
}

/** What a person is asked who starts the stage. */
function Parameters({ asked }: { asked: readonly ParameterView[] }) {
  return (
    <p className="panel-note wrap-any">
      Who starts it is asked for{' '}
      {asked.map(({ name, default: usual, description, choices = [] }, index) => (
        <span key={name} title={[description, choices.join(', ')].filter(Boolean).join(': ')}>
          {index > 0 && ', '}
          <code>{name}</code>
          {usual !== '' && (
            <span className="muted">
              {' '}
              (<bdi>{usual}</bdi> by default)
            </span>
          )}
        </span>
      ))}
      .
    </p>
  );
}

/** What would become of the code: its problems, or the jobs of a run. */
export function Outcome({ check, named, onLine }: { check: UseQueryResult<StageChecked> & { current: boolean }; named: boolean; onLine: (line: number) => void }) {
  const { data } = check;
  if (check.isError) return <ProblemNote error={check.error} retry={() => void check.refetch()} />;
  if (!data) return named ? null : <p className="small muted">Give the stage a name, and its code is checked while you write.</p>;
  const state = !check.current ? ({ look: 'running', word: 'Checking' } as const) : data.ok ? ({ look: 'passed', word: 'Right' } as const) : ({ look: 'failed', word: counted(data.problems.length, 'problem') } as const);
  const asked = data.ok ? (data.parameters ?? []) : [];
  return (
    <Panel
      title={data.ok ? `A run has ${counted(data.jobs.length, 'job')}` : 'Problems'}
      aside={
        <span role="status">
          <StateBadge state={state} />
        </span>
      }
      flush
    >
      {asked.length > 0 && <Parameters asked={asked} />}
      {data.ok ? (
        <Table label="Jobs of a run" columns={COLUMNS} rows={data.jobs} rowKey={(job) => `${job.name}\n${job.system}\n${job.executor}\n${job.agents_group}`} empty={<Empty>No jobs: a run completes at once.</Empty>} />
      ) : (
        <ProblemLines problems={data.problems} onLine={onLine} />
      )}
    </Panel>
  );
}

/** What is wrong with a stage. `onLine` shows a line; absent where the text is not there to be shown. */
export function ProblemLines({ problems, onLine }: { problems: readonly FieldProblem[]; onLine?: (line: number) => void }) {
  return (
    <ul className="lines">
      {problems.map((problem, index) => (
        <Problem key={index} problem={problem} onLine={onLine} />
      ))}
    </ul>
  );
}

function Problem({ problem, onLine }: { problem: FieldProblem; onLine: ((line: number) => void) | undefined }) {
  const { line } = problem;
  return (
    <li className="line-row">
      {line != null &&
        (onLine ? (
          <button type="button" className="button button-plain" onClick={() => onLine(line)}>
            Line {line}
          </button>
        ) : (
          <span className="muted">line {line}</span>
        ))}
      {problem.path && <code className="wrap-any">{problem.path}</code>}
      <span className="line-main wrap-any">{problem.message}</span>
    </li>
  );
}
