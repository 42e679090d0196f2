import { getRouteApi, Link } from '@tanstack/react-router';

import { Segments } from '../../parts/Fields.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { StateIcon } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { counted } from '../../words/amounts.ts';
import { span } from '../../words/time.ts';
import { MarkTag } from '../shared/MarkTag.tsx';
import { isDifferent, type Row, type Side } from './compare.ts';

const route = getRouteApi('/compare/$pair');

const CHOICES = [
  { value: 'all', label: 'All' },
  { value: 'different', label: 'Different' },
] as const;

function Shown({ side, job }: { side: Side | undefined; job: boolean }) {
  if (!side) return <span className="muted">–</span>;
  const inner = (
    <>
      <StateIcon look={side.state.look} />
      <span className="clip">{side.state.word}</span>
      <span className="num">{Number.isNaN(side.ms) ? '' : span(side.ms)}</span>
    </>
  );
  return job ? (
    <Link to="/jobs/$job" params={{ job: side.id }} className="row compare-side" preload={false}>
      {inner}
    </Link>
  ) : (
    <Link to="/runs/$run" params={{ run: side.id }} className="row compare-side" preload={false}>
      {inner}
    </Link>
  );
}

function Longer({ ms }: { ms: number }) {
  if (Number.isNaN(ms)) return <span className="muted">–</span>;
  if (Math.abs(ms) < 500) return <span className="muted">same</span>;
  return (
    <span className={Math.abs(ms) > 5000 ? undefined : 'muted'}>
      {span(Math.abs(ms))} {ms > 0 ? 'longer' : 'shorter'}
    </span>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    title: 'Stage, job',
    cell: ({ stage, job, mark }) => (
      <span className="row">
        {job === undefined ? (
          <strong className="clip" title={stage}>
            <bdi>{stage}</bdi>
          </strong>
        ) : (
          <bdi className="clip compare-job" title={job}>
            {job}
          </bdi>
        )}
        {mark && <MarkTag mark={mark} />}
      </span>
    ),
    sort: ({ stage, job }) => `${stage} ${job ?? ''}`,
  },
  { id: 'then', title: 'Then', cell: ({ older, job }) => <Shown side={older} job={job !== undefined} />, sort: ({ older }) => older?.ms, width: '220px', spare: true },
  { id: 'now', title: 'Now', cell: ({ newer, job }) => <Shown side={newer} job={job !== undefined} />, sort: ({ newer }) => newer?.ms, width: '190px' },
  { id: 'longer', title: 'Took', cell: ({ longer }) => <Longer ms={longer} />, sort: ({ longer }) => longer, width: '140px', right: true, spare: true },
];

export function CompareTable({ rows, note }: { rows: readonly Row[]; note: string | undefined }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const shown = search.only === 'different' ? rows.filter(isDifferent) : rows;
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <Panel flush>
      <div className="tools">
        <Segments label="Rows" choices={CHOICES} value={search.only ?? 'all'} onChoose={(value) => set({ only: value === 'all' ? undefined : value })} />
        <span className="muted small tools-end" role="status">
          {rows.filter(isDifferent).length} of {counted(rows.length, 'row')} differ
        </span>
      </div>
      <Table label="Stages and jobs" columns={COLUMNS} rows={shown} rowKey={(row) => row.key} sort={search.sort} onSort={(sort) => set({ sort })} empty={<Empty>Nothing is different.</Empty>} />
      {note !== undefined && <p className="panel-note small muted">{note}</p>}
    </Panel>
  );
}
