// How the system is: what waits inside it, what was put aside, what somebody should look at.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { Diagnostics, DueState, QueueState } from '../../api/generated/types.gen.ts';
import { diagnostics } from '../../api/system.ts';
import { AdminOnly } from '../../app/AdminOnly.tsx';
import { useTitle } from '../../app/useTitle.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Copy } from '../../parts/Copy.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago, useNow } from '../../parts/Time.tsx';
import { count, counted } from '../../words/amounts.ts';
import { agentState } from '../../words/states.ts';
import { full, span } from '../../words/time.ts';
import { dueCount, dueState, dueWords, troubles } from './diagnostics.ts';

export function DiagnosticsPage() {
  useTitle('Diagnostics');
  return (
    <AdminOnly what="Diagnostics">
      <Shown />
    </AdminOnly>
  );
}

function Shown() {
  const found = useQuery(diagnostics());
  return <Query of={found} rows={8}>{(data) => <All of={data} readAt={found.dataUpdatedAt} />}</Query>;
}

function All({ of, readAt }: { of: Diagnostics; readAt: number }) {
  const wrong = troubles(of, readAt);
  return (
    <div className="stack">
      {wrong.length === 0 ? (
        <Banner look="passed">Nothing that anybody must look at.</Banner>
      ) : (
        wrong.map((words) => (
          <Banner key={words} look="tests">
            {words.charAt(0).toUpperCase() + words.slice(1)}.
          </Banner>
        ))
      )}
      <Panel title="Server" aside={<span className="row small muted">all of it, for a report<Copy text={JSON.stringify(of, null, 2)} what="diagnostics" /></span>}>
        <Facts
          column
          facts={[
            ['Version', of.version],
            ['Home', of.home === 'aws' ? 'AWS' : of.home === 'local' ? 'one process on one machine' : of.home],
            ['Process since', <span key="since"><Ago at={of.started_at} /> <span className="muted">{of.home === 'aws' && 'one of many, none lasts long'}</span></span>],
            ['Up for', span(of.uptime_s * 1000)],
            ['Its clock', full(of.now)],
            ['Log search', searchWords(of)],
            ['Agents', <Agents key="agents" of={of} />],
          ]}
        />
      </Panel>
      <Panel title="Due" flush>
        <Due due={of.due} asOf={Date.parse(of.now)} />
      </Panel>
      <Panel title="Queues between the parts of the server" flush>
        <Table label="Queues" columns={QUEUES} rows={of.queues} rowKey={(queue) => queue.name} empty={<Empty>There are none here: all parts are one process.</Empty>} />
      </Panel>
    </div>
  );
}

function searchWords({ search }: Diagnostics): string {
  if (!search.there) return 'there is none: the logs of one run or job are read through';
  if (search.behind == null) return 'there';
  return search.behind === 0 ? 'there, with all stored logs in it' : `there, about ${counted(search.behind, 'log', 'logs')} behind`;
}

const LISTED = ['discovered', 'idle', 'busy', 'offline', 'disabled'] as const;

function Agents({ of }: { of: Diagnostics }) {
  const states = Object.entries(of.agents).filter(([, amount]) => amount > 0);
  if (states.length === 0) return 'none';
  return (
    <span className="row row-wrap">
      {states.map(([state, amount]) => {
        const listed = LISTED.find((one) => one === state);
        return listed ? (
          <Link key={state} to="/agents" search={{ state: listed }}>
            {count(amount)} {agentState({ state: listed }).word.toLowerCase()}
          </Link>
        ) : (
          <span key={state}>
            {count(amount)} {state}
          </span>
        );
      })}
      {of.agents_more && <span className="muted">and more</span>}
    </span>
  );
}

function Due({ due, asOf }: { due: readonly DueState[]; asOf: number }) {
  useNow();
  const [there, rest] = [due.filter((item) => item.count > 0), due.filter((item) => item.count === 0)];
  if (there.length === 0) return <Empty>Nothing is due.</Empty>;
  return (
    <>
      <ul className="lines">
        {there.map((item) => (
          <li key={item.kind} className="line-row line-badged">
            <span className="line-state">
              <StateBadge state={dueState(item, asOf)} />
            </span>
            <span className="line-main">{dueWords(item.kind)}</span>
            <span className="num">{dueCount(item.count)}</span>
            <span className="muted small line-end">{item.since && <Ago at={item.since} />}</span>
          </li>
        ))}
      </ul>
      {rest.length > 0 && <p className="panel-note small muted">Nothing due: {rest.map((item) => dueWords(item.kind)).join(', ')}.</p>}
    </>
  );
}

const known = (amount: number | null | undefined) => (amount == null ? <span className="muted">not known</span> : count(amount));

const QUEUES: Column<QueueState>[] = [
  { id: 'name', title: 'Queue', cell: (queue) => <code className="clip" title={queue.name}>{queue.name}</code> },
  { id: 'waiting', title: 'Waiting', cell: (queue) => known(queue.waiting), width: '110px', right: true },
  { id: 'progress', title: 'Under way', cell: (queue) => known(queue.in_progress), width: '110px', right: true, spare: true },
  {
    id: 'dead',
    title: 'Put aside',
    cell: (queue) => ((queue.dead_letters ?? 0) > 0 ? <StateBadge state={{ look: 'failed', word: count(queue.dead_letters ?? 0) }} /> : known(queue.dead_letters)),
    width: '110px',
    right: true,
  },
];
