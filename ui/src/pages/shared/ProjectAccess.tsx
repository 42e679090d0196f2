// Who may do what in a project. Rights are given to tokens, for a project or for everything.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { GrantView, TokenView } from '../../api/generated/types.gen.ts';
import { me, tokens } from '../../api/queries.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { Facts } from '../../parts/Facts.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { may, type Role } from '../../words/grants.ts';
import { ENDS, revokeColumn } from '../tokens/columns.tsx';
import { NewTokenDialog } from '../tokens/NewTokenDialog.tsx';
import { RevokeToken } from '../tokens/RevokeToken.tsx';

const MAY: [role: Role, what: string][] = [
  ['viewer', 'looks at flows, logs, settings, and the names of secrets'],
  ['user', 'also starts, cancels and reruns, and refreshes stages from repositories'],
  ['admin', 'also changes branches, stages, secrets and webhooks, and makes tokens for the project'],
];

/** The most that these grants allow in a project; nothing when they allow nothing there. */
const roleIn = (grants: readonly GrantView[], project: string): Role | undefined => (['admin', 'user', 'viewer'] as const).find((role) => may(grants, role, project));
const everywhere = (grants: readonly GrantView[]) => grants.some((grant) => grant.project == null);

/** `project`: its id. */
export function ProjectAccess({ project }: { project: string }) {
  const own = useQuery(me());
  const notSystem = useWhyNot('admin', null);
  const notHere = useWhyNot('admin', project);
  const [making, setMaking] = useState(false);
  return (
    <div className="stack">
      <Panel
        title="You"
        aside={
          <Button icon="plus" why={notHere} onClick={() => setMaking(true)}>
            New token for this project
          </Button>
        }
      >
        <Query of={own} rows={1}>
          {(data) => (
            <p className="row row-wrap">
              <bdi className="wrap-any">{data.name}</bdi>
              <RoleTag role={roleIn(data.grants, project)} />
              <span className="muted">{everywhere(data.grants) ? 'over the whole system' : 'in this project'}</span>
            </p>
          )}
        </Query>
      </Panel>
      <Panel title="What the roles are for">
        <Facts column facts={MAY} />
      </Panel>
      {notSystem === undefined ? (
        <Everybody project={project} />
      ) : (
        <Panel title="Everybody">
          <Empty>Who else has a role is for those to see who administrate: {notSystem}.</Empty>
        </Panel>
      )}
      <NewTokenDialog open={making} onClose={() => setMaking(false)} project={project} />
    </div>
  );
}

function RoleTag({ role }: { role: Role | undefined }) {
  return role === undefined ? <span className="muted">no role</span> : <Tag look={role === 'admin' ? 'tests' : 'idle'}>{role}</Tag>;
}

function Everybody({ project }: { project: string }) {
  const all = useQuery(tokens());
  const [revoking, setRevoking] = useState<TokenView>();
  const columns: Column<TokenView>[] = [
    { id: 'name', title: 'Token', cell: (token) => <bdi className="clip" title={token.name}>{token.name}</bdi> },
    { id: 'role', title: 'Role', cell: (token) => <RoleTag role={roleIn(token.grants, project)} />, width: '84px' },
    { id: 'where', title: 'Given', cell: (token) => <span className="muted small">{everywhere(token.grants) ? 'for everything' : 'for this project'}</span>, width: '130px', spare: true },
    ENDS,
    revokeColumn(setRevoking),
  ];
  return (
    <Panel
      title="Everybody"
      aside={
        <Link to="/admin/tokens" className="small">
          All API tokens
        </Link>
      }
      flush
    >
      <Query of={all}>
        {({ items }) => (
          <Table
            label="Who has a role in the project"
            columns={columns}
            rows={items.filter((token) => roleIn(token.grants, project) !== undefined)}
            rowKey={(token) => token.id}
            empty={<Empty>No token has a role in this project.</Empty>}
          />
        )}
      </Query>
      <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />
    </Panel>
  );
}
