// Agents groups: which jobs go to which agents.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { makeGroup } from '../../api/actions.ts';
import type { AgentView, GroupView } from '../../api/generated/types.gen.ts';
import { agents, groups, projects } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { useLive } from '../../live/useLive.ts';
import { Button } from '../../parts/Button.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { counted } from '../../words/amounts.ts';
import { NameDialog } from '../shared/NameDialog.tsx';

interface Row extends GroupView {
  members: AgentView[];
  projectName: string | undefined;
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    title: 'Group',
    cell: (group) => (
      <Link to="/groups/$group" params={{ group: group.name }} className="clip" title={group.name}>
        <bdi>{group.name}</bdi>
      </Link>
    ),
    width: '30%',
  },
  { id: 'about', title: 'About', cell: (group) => <bdi className="clip" title={group.description}>{group.description}</bdi>, spare: true },
  { id: 'project', title: 'For', cell: (group) => <bdi className="clip">{group.project ? (group.projectName ?? 'one project') : 'all projects'}</bdi>, width: '140px', spare: true },
  {
    id: 'agents',
    title: 'Agents',
    cell: ({ members }) => {
      const free = members.filter((agent) => agent.state === 'idle').length;
      return members.length === 0 ? <span className="muted">none</span> : `${counted(members.length, 'agent')}, ${free} idle`;
    },
    width: '150px',
  },
];

export const membersOf = (all: readonly AgentView[], group: string): AgentView[] =>
  all.filter((agent) => (group === 'all' ? agent.state !== 'discovered' : agent.groups.includes(group)));

export function GroupsPage() {
  useTitle('Groups');
  useLive(['agents']);
  const list = useQuery(groups());
  const all = useQuery(agents()).data?.items ?? [];
  const known = useQuery(projects()).data?.items ?? [];
  const [making, setMaking] = useState(false);
  const not = useWhyNot('admin', null);
  const everybody: GroupView = { name: 'all', description: 'every agent that was let in', created_at: '' };
  return (
    <div className="page">
      <PageHead
        title="Agents groups"
        actions={
          <Button icon="plus" why={not} onClick={() => setMaking(true)}>
            New group
          </Button>
        }
      />
      <Panel flush>
        <Query of={list}>
          {({ items }) => (
            <Table
              label="Groups"
              columns={COLUMNS}
              rows={[everybody, ...items].map((group) => ({ ...group, members: membersOf(all, group.name), projectName: known.find((project) => project.id === group.project)?.name }))}
              rowKey={(group) => group.name}
              empty={<Empty>No groups.</Empty>}
            />
          )}
        </Query>
      </Panel>
      <NewGroup open={making} onClose={() => setMaking(false)} />
    </div>
  );
}

function NewGroup({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { actOrThrow } = useAct();
  return (
    <NameDialog
      title="New agents group"
      verb="Make group"
      open={open}
      onClose={onClose}
      fields={[
        { id: 'name', label: 'Name', hint: 'Letters, digits, -, _ and .', required: true },
        { id: 'description', label: 'About' },
      ]}
      make={({ name = '', description = '' }) => actOrThrow(() => makeGroup({ name: name.trim(), description }), { say: `Group ${name} is there`, touch: [['groups']] })}
    />
  );
}
