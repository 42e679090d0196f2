// A branch: flows × stages, live. Which stage broke when, how long it took, what waits.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';

import type { BranchView } from '../../api/generated/types.gen.ts';
import { branchNamed, pagedFlows, stages } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';
import { useLive } from '../../live/useLive.ts';
import { Button } from '../../parts/Button.tsx';
import { Segments, TextField } from '../../parts/Fields.tsx';
import { More } from '../../parts/More.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Empty, Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { DeleteBranch } from '../shared/DeleteBranch.tsx';
import { Star } from '../shared/Star.tsx';
import { FlowGrid } from './FlowGrid.tsx';
import type { FlowFilter } from './marked.ts';

const route = getRouteApi('/p/$project/b/$branch');
const PAGE = 25;

const KINDS = [
  { value: 'ci', label: 'CI' },
  { value: 'dev', label: 'Dev' },
] as const;
const STATES: { value: FlowFilter | 'all'; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Running' },
  { value: 'failed', label: 'Failed' },
  { value: 'passed', label: 'Passed' },
  { value: 'turned', label: 'Turned' },
];

export function BranchPage() {
  const { project, branch: name } = route.useParams();
  useTitle(`${name} · ${project}`);
  const branch = useQuery(branchNamed(project, name));
  return (
    <div className="page page-wide">
      <PageQuery of={branch} what="Branch">
        {(data) => <Branch key={data.id} project={project} branch={data} />}
      </PageQuery>
    </div>
  );
}

function Branch({ project, branch }: { project: string; branch: BranchView }) {
  const search = route.useSearch();
  const kind = search.kind ?? 'ci';
  const navigate = route.useNavigate();
  const [deleting, setDeleting] = useState(false);
  const not = useWhyNot('admin', branch.project);
  useLive([`branch:${branch.id}`]);
  const columns = useQuery(stages(branch.id));
  const flows = useInfiniteQuery(pagedFlows(branch.id, PAGE, kind));
  const set = (part: Partial<typeof search>) => void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  const text = useDeferredValue(search.q);
  const noStages = columns.data?.items.length === 0;
  const start = (
    <Link to="/p/$project/b/$branch/run" params={{ project, branch: branch.name }} className="button button-main">
      Start a flow
    </Link>
  );
  const makeStage = (
    <Link to="/p/$project/b/$branch/settings/stages" params={{ project, branch: branch.name }} search={{ stage: 'new' }} className="button button-main">
      Make a stage
    </Link>
  );
  return (
    <>
      <PageHead
        title={<bdi>{branch.name}</bdi>}
        actions={
          <>
            <Star branch={branch.id} name={branch.name} />
            {!noStages && start}
            <Link to="/p/$project/b/$branch/settings/stages" params={{ project, branch: branch.name }} className="button button-plain">
              Settings
            </Link>
            <Button look="quiet" why={not} onClick={() => setDeleting(true)}>
              Delete branch
            </Button>
          </>
        }
      >
        {branch.branch_name !== branch.name && (
          <p className="muted">
            builds the repository branch <code>{branch.branch_name}</code>
          </p>
        )}
      </PageHead>
      <div className="tools">
        <Segments
          label="Kind of flows"
          choices={KINDS}
          value={kind}
          onChoose={(value) => set({ kind: value === 'ci' ? undefined : value })}
        />
        <Segments label="State" choices={STATES} value={search.state ?? 'all'} onChoose={(value) => set({ state: value === 'all' ? undefined : value })} />
        <TextField label="Filter flows" hideLabel type="search" placeholder="Filter by change, branch, person" value={search.q ?? ''} onChange={(event) => set({ q: event.target.value || undefined })} />
      </div>
      <Panel flush>
        <Query of={flows} rows={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            if (items.length === 0) {
              return (
                <Empty action={noStages ? makeStage : start}>
                  {noStages
                    ? 'Flows will be here. First the branch needs a stage.'
                    : kind === 'dev'
                      ? 'Flows of changes that are not in this branch yet will be here: those of pull requests, and what people start as Dev.'
                      : 'Flows of this branch will be here, each with the state of every stage.'}
                </Empty>
              );
            }
            return <FlowGrid flows={items} stages={columns.data?.items ?? []} usual={branch.branch_name} state={search.state} text={text} />;
          }}
        </Query>
        <More of={flows}>Older flows</More>
      </Panel>
      <DeleteBranch project={project} branch={branch} open={deleting} onClose={() => setDeleting(false)} />
    </>
  );
}
