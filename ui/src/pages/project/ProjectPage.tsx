// A project: its branches with their last flows.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { makeBranch } from '../../api/actions.ts';
import type { BranchView, FlowView } from '../../api/generated/types.gen.ts';
import { branches, lastFlows, project } from '../../api/queries.ts';
import { overview } from '../../api/queue.ts';
import { useAct } from '../../app/useAct.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { Button } from '../../parts/Button.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateBadge, Tag } from '../../parts/State.tsx';
import { Ago, Span } from '../../parts/Time.tsx';
import { flowState, isFlowOver } from '../../words/states.ts';
import { FlowStrip } from '../shared/FlowStrip.tsx';
import { NameDialog } from '../shared/NameDialog.tsx';

const route = getRouteApi('/p/$project');
const STRIP = 12;

/** Archived branches come last. */
const inUseFirst = (items: readonly BranchView[]) => [...items].sort((one, other) => Number(one.archived_at != null) - Number(other.archived_at != null));

export function ProjectPage() {
  const { project: name } = route.useParams();
  useTitle(name);
  const about = useQuery(project(name));
  const list = useQuery(branches(name));
  const seen = useQuery(overview());
  const notBranch = useWhyNot('admin', about.data?.id);
  const [over, setOver] = useState<'branch'>();
  const close = () => setOver(undefined);
  return (
    <div className="page">
      <PageHead
        title={<bdi>{about.data?.name ?? name}</bdi>}
        actions={
          <>
            <Button icon="plus" why={notBranch} onClick={() => setOver('branch')}>
              New branch
            </Button>
            <Link to="/p/$project/settings/general" params={{ project: name }} className="button button-plain">
              Settings
            </Link>
          </>
        }
      >
        {about.data?.description && <p className="muted wrap-any">{about.data.description}</p>}
      </PageHead>
      <Panel title="Branches" flush>
        <Query of={list}>
          {({ items, cut }) => (
            <>
              {items.length === 0 && (
                <Empty action={<Button look="main" why={notBranch} onClick={() => setOver('branch')}>Make a branch</Button>}>
                  Branches of this project will be here, each with its last flows.
                </Empty>
              )}
              <ul className="lines">
                {inUseFirst(items).map((item) => {
                  const known = seen.data?.items.find((of) => of.id === item.id);
                  return known || seen.isPending ? <Branch key={item.id} project={name} branch={item} flows={known?.flows} /> : <Other key={item.id} project={name} branch={item} />;
                })}
              </ul>
              {cut && <p className="panel-note small muted">These are the first {items.length}. Ctrl K finds the others.</p>}
            </>
          )}
        </Query>
      </Panel>
      <NewBranch project={name} open={over === 'branch'} onClose={close} />
    </div>
  );
}

/** `flows`: its last ones, newest first; `undefined` while they are not known. */
function Branch({ project: name, branch, flows }: { project: string; branch: BranchView; flows: readonly FlowView[] | undefined }) {
  const newest = flows?.[0];
  const over = flows?.find(isFlowOver);
  return (
    <li className="line-row">
      <span className="line-main">
        <Link to="/p/$project/b/$branch" params={{ project: name, branch: branch.name }} className="clip" title={branch.name}>
          <bdi>{branch.name}</bdi>
        </Link>
        {branch.branch_name !== branch.name && <span className="muted small clip">builds <bdi>{branch.branch_name}</bdi></span>}
        {branch.archived_at != null && <Tag>archived</Tag>}
      </span>
      <span className="line-state">{newest && <StateBadge state={flowState(newest)} />}</span>
      <span className="line-strip">{flows && <FlowStrip flows={flows} />}</span>
      <span className="muted small line-end" title="how long the last flow took that is over">{over && <Span from={over.created_at} to={over.completed_at} />}</span>
      <span className="muted small line-end">{newest ? <Ago at={newest.created_at} /> : flows && 'no flows yet'}</span>
    </li>
  );
}

/** A branch that the overview leaves out: an archived one, or one of very many. */
function Other({ project: name, branch }: { project: string; branch: BranchView }) {
  const list = useQuery({ ...lastFlows(branch.id, STRIP), refetchInterval: false, staleTime: 60_000 });
  return <Branch project={name} branch={branch} flows={list.data?.items} />;
}

function NewBranch({ project: name, open, onClose }: { project: string; open: boolean; onClose: () => void }) {
  const { actOrThrow } = useAct();
  const navigate = useNavigate();
  return (
    <NameDialog
      title="New branch"
      verb="Make branch"
      open={open}
      onClose={onClose}
      fields={[
        { id: 'name', label: 'Name', required: true },
        { id: 'branch_name', label: 'Branch in the repositories', hint: 'When it is not called the same.' },
      ]}
      make={async ({ name: branchName = '', branch_name = '' }) => {
        const made = await actOrThrow(() => makeBranch(name, { name: branchName, branch_name: branch_name.trim() || null }), {
          touch: [['branches', name], ['every-branch']],
        });
        await navigate({ to: '/p/$project/b/$branch', params: { project: name, branch: made.name } });
      }}
    />
  );
}
