// Is anything broken, and does anything wait for me? Then: what runs, and how the branches have been doing.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { makeProject } from '../../api/actions.ts';
import type { BranchOverview } from '../../api/generated/types.gen.ts';
import { overview } from '../../api/queue.ts';
import { useStars } from '../../app/stars.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { NameDialog } from '../shared/NameDialog.tsx';
import { Attention } from './Attention.tsx';
import { BranchStrips, MyBranches } from './BranchStrips.tsx';
import { RunningNow } from './RunningNow.tsx';

export function HomePage() {
  useTitle('Home');
  const branches = useQuery(overview());
  const dev = useQuery(overview('dev')).data?.items ?? [];
  const [making, setMaking] = useState(false);
  const stars = useStars();
  const not = useWhyNot('admin', null);
  return (
    <div className="page">
      <PageHead
        title="Home"
        actions={
          <Button icon="plus" why={not} onClick={() => setMaking(true)}>
            New project
          </Button>
        }
      />
      <Query of={branches} rows={6}>
        {({ items, cut }) =>
          items.length === 0 ? (
            <Panel>
              <Empty
                action={
                  <Button look="main" why={not} onClick={() => setMaking(true)}>
                    Make a project
                  </Button>
                }
              >
                Your branches and what runs in them will be here. A project holds branches; a branch holds stages.
              </Empty>
            </Panel>
          ) : (
            <div className="stack">
              <Attention branches={items} dev={dev} />
              <MyBranches branches={items} stars={stars} />
              <RunningNow branches={[...items, ...dev]} />
              <BranchStrips branches={items} cut={cut} />
            </div>
          )
        }
      </Query>
      <NewProject open={making} onClose={() => setMaking(false)} />
    </div>
  );
}

function NewProject({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const navigate = useNavigate();
  return (
    <NameDialog
      title="New project"
      verb="Make project"
      open={open}
      onClose={onClose}
      fields={[
        { id: 'name', label: 'Name', required: true },
        { id: 'description', label: 'Description' },
      ]}
      make={async ({ name = '', description = '' }) => {
        const made = await actOrThrow(() => makeProject({ name, description }), { touch: [['projects'], ['every-branch']] });
        await navigate({ to: '/p/$project', params: { project: made.name } });
      }}
    />
  );
}

export function BranchLink({ branch: { project_name, name } }: { branch: BranchOverview }) {
  return (
    <Link to="/p/$project/b/$branch" params={{ project: project_name, branch: name }} className="clip" title={`${project_name} / ${name}`}>
      <bdi>{project_name}</bdi> / <bdi>{name}</bdi>
    </Link>
  );
}
