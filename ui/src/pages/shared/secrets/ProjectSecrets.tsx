// On a branch's page: what it has from its project, besides its own.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import type { SecretView } from '../../../api/generated/types.gen.ts';
import { secrets } from '../../../api/secrets.ts';
import { Empty, Panel } from '../../../parts/Panel.tsx';
import { Query } from '../../../parts/Query.tsx';
import { Tag } from '../../../parts/State.tsx';
import { type Column, Table } from '../../../parts/Table.tsx';
import { COLUMNS } from './SecretsPanel.tsx';

/** `branch`: its id, to tell which names it has of its own. */
export function ProjectSecrets({ project, branch }: { project: string; branch: string }) {
  const list = useQuery(secrets({ of: 'project', project }));
  const own = useQuery(secrets({ of: 'branch', branch })).data?.items ?? [];
  const names = new Set(own.map((secret) => secret.name));
  const columns: Column<SecretView>[] = [...COLUMNS, { id: 'over', title: 'Here', cell: (secret) => (names.has(secret.name) ? <Tag look="tests">the branch’s own is used</Tag> : <span className="muted">used</span>), width: '190px' }];
  return (
    <Panel
      title="From the project"
      aside={
        <Link to="/p/$project/settings/secrets" params={{ project }} className="small">
          Change them there
        </Link>
      }
      flush
    >
      <Query of={list}>
        {({ items }) => <Table label="Secrets of the project" columns={columns} rows={items} rowKey={(secret) => secret.name} dim={(secret) => names.has(secret.name)} empty={<Empty>The project has no secrets: those would be for all of its branches.</Empty>} />}
      </Query>
    </Panel>
  );
}
