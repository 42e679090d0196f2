// One agents group: its agents, and how to add one.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { deleteGroup } from '../../api/actions.ts';
import type { AgentView } from '../../api/generated/types.gen.ts';
import { agents, groups } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { useLive } from '../../live/useLive.ts';
import { Banner } from '../../parts/Banner.tsx';
import { Button } from '../../parts/Button.tsx';
import { Confirm } from '../../parts/Dialog.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { Ago } from '../../parts/Time.tsx';
import { agentState } from '../../words/states.ts';
import { EnrolDialog } from '../agents/EnrolDialog.tsx';
import { GroupLoad } from './GroupLoad.tsx';
import { membersOf } from './GroupsPage.tsx';

const route = getRouteApi('/groups/$group');

const COLUMNS: Column<AgentView>[] = [
  { id: 'state', title: 'State', cell: (agent) => <StateBadge state={agentState(agent)} />, width: '124px' },
  {
    id: 'name',
    title: 'Agent',
    cell: (agent) => (
      <Link to="/agents/$agent" params={{ agent: agent.id }} className="clip">
        <bdi>{agent.name}</bdi>
      </Link>
    ),
  },
  {
    id: 'job',
    title: 'Job',
    cell: (agent) => (agent.job ? <Link to="/jobs/$job" params={{ job: agent.job }}>its job</Link> : <span className="muted">–</span>),
    width: '84px',
  },
  { id: 'system', title: 'System', cell: (agent) => agent.system, width: '140px', spare: true },
  { id: 'seen', title: 'Heard of', cell: (agent) => <span className="muted small">{agent.last_seen_at ? <Ago at={agent.last_seen_at} /> : 'never'}</span>, width: '96px', right: true, spare: true },
];

export function GroupPage() {
  const { group: name } = route.useParams();
  useTitle(name);
  useLive(['agents', 'queue']);
  const navigate = useNavigate();
  const { actOrThrow } = useAct();
  const all = useQuery(agents());
  const known = useQuery(groups());
  const [over, setOver] = useState<'enrol' | 'delete'>();
  const group = known.data?.items.find((item) => item.name === name);
  const close = () => setOver(undefined);
  const not = useWhyNot('admin', null);
  return (
    <div className="page">
      <PageHead
        title={<bdi>{name}</bdi>}
        actions={
          <>
            <Button icon="plus" why={not} onClick={() => setOver('enrol')}>
              Add an agent
            </Button>
            {group && (
              <Button look="quiet" why={not} onClick={() => setOver('delete')}>
                Delete group
              </Button>
            )}
          </>
        }
      >
        <p className="muted wrap-any">{name === 'all' ? 'Every agent that was let in.' : group?.description}</p>
        {all.data && <GroupLoad group={name} members={membersOf(all.data.items, name)} />}
      </PageHead>
      {known.isSuccess && !group && name !== 'all' && <Banner look="tests">There is no group of this name. Jobs that ask for it wait until there is one with an agent in it.</Banner>}
      <Panel title="Agents" flush>
        <Query of={all}>
          {({ items }) => (
            <Table label="Agents of this group" columns={COLUMNS} rows={membersOf(items, name)} rowKey={(agent) => agent.id} empty={<Empty>No agent is in this group: its jobs wait.</Empty>} />
          )}
        </Query>
      </Panel>
      <EnrolDialog open={over === 'enrol'} onClose={close} group={name === 'all' ? undefined : name} />
      <Confirm
        title={`Delete group ${name}?`}
        verb="Delete the group"
        danger
        open={over === 'delete'}
        onClose={close}
        act={async () => {
          await actOrThrow(() => deleteGroup(name), { say: `Group ${name} is deleted`, touch: [['groups']] });
          await navigate({ to: '/groups' });
        }}
      >
        <p>
          Jobs that ask for the group{' '}
          <strong>
            <bdi>{name}</bdi>
          </strong>{' '}
          will find no agent. Its agents stay.
        </p>
      </Confirm>
    </div>
  );
}
