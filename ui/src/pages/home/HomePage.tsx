// Is anything broken, and does anything wait for me? Then: what runs, and how the branches have been doing.
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { makeProject } from '../../api/actions.ts';
import type { BranchView, FlowView, ProjectView } from '../../api/generated/types.gen.ts';
import { everyBranch, lastFlows } from '../../api/queries.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { NameDialog } from '../shared/NameDialog.tsx';
import { Attention } from './Attention.tsx';
import { BranchStrips } from './BranchStrips.tsx';
import { RunningNow } from './RunningNow.tsx';

/** Branches that home looks over: each costs calls, until the API gives their last flows in one. */
const LOOKED_OVER = 40;
const STRIP = 10;
const EVERY_MS = 10_000;

export interface Watched {
  project: ProjectView;
  branch: BranchView;
  flows: FlowView[];
}

export function HomePage() {
  useTitle('Home');
  const client = useQueryClient();
  const branches = useQuery(everyBranch(client));
  const [making, setMaking] = useState(false);
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
        {({ items }) =>
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
            <Overview items={items} />
          )
        }
      </Query>
      <NewProject open={making} onClose={() => setMaking(false)} />
    </div>
  );
}

function Overview({ items }: { items: readonly { project: ProjectView; branch: BranchView }[] }) {
  const looked = items.slice(0, LOOKED_OVER);
  const lists = useQueries({ queries: looked.map(({ branch }) => ({ ...lastFlows(branch.id, STRIP), refetchInterval: EVERY_MS })) });
  const watched: Watched[] = looked.map((item, index) => ({ ...item, flows: lists[index]?.data?.items ?? [] }));
  const loaded = lists.every((list) => !list.isPending);
  return (
    <div className="stack">
      <Attention branches={watched} loaded={loaded} />
      <RunningNow branches={watched} loaded={loaded} />
      <BranchStrips branches={watched} left={items.length - looked.length} />
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

export function BranchLink({ project, branch }: { project: ProjectView; branch: BranchView }) {
  return (
    <Link to="/p/$project/b/$branch" params={{ project: project.name, branch: branch.name }} className="clip" title={`${project.name} / ${branch.name}`}>
      <bdi>{project.name}</bdi> / <bdi>{branch.name}</bdi>
    </Link>
  );
}
