// A branch's stages: what each does, in code, checked while it is written.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { BranchView, StageView } from '../../api/generated/types.gen.ts';
import { branchNamed, stage, stages } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { Tag } from '../../parts/State.tsx';
import { NEW_STAGE } from './example.ts';
import { StageEditor } from './StageEditor.tsx';

const route = getRouteApi('/p/$project/b/$branch/settings/stages');

export function StagesPage() {
  const { project, branch: name } = route.useParams();
  useTitle(`Stages · ${name}`);
  const branch = useQuery(branchNamed(project, name));
  return (
    <div className="page page-wide">
      <PageQuery of={branch} what="Stages">
        {(data) => <Stages project={project} branch={data} />}
      </PageQuery>
    </div>
  );
}

function Stages({ project, branch }: { project: string; branch: BranchView }) {
  const { stage: asked } = route.useSearch();
  const list = useQuery(stages(branch.id));
  return (
    <>
      <PageHead
        title={
          <>
            Stages of <bdi>{branch.name}</bdi>
          </>
        }
        actions={
          <Link to="/p/$project/b/$branch" params={{ project, branch: branch.name }} className="button button-plain">
            Flows
          </Link>
        }
      />
      <Query of={list}>
        {({ items }) => {
          // The first one when none is asked for; a new one when there is none.
          const chosen = asked === 'new' ? undefined : (items.find((item) => item.id === asked) ?? items[0]);
          return (
            <div className="job-body">
              <StageList items={items} chosen={chosen} />
              {chosen ? <Existing key={chosen.id} branch={branch} id={chosen.id} /> : <StageEditor key="new" branch={branch} stage={undefined} code={NEW_STAGE} />}
            </div>
          );
        }}
      </Query>
    </>
  );
}

function StageList({ items, chosen }: { items: readonly StageView[]; chosen: StageView | undefined }) {
  return (
    <Panel title="Stages" flush>
      <ul className="steps">
        {items.map((item) => (
          <li key={item.id} className="row">
            <Link to="." search={{ stage: item.id }} className="clip grow" data-here={item.id === chosen?.id ? '' : undefined} title={item.name}>
              <bdi>{item.name}</bdi>
            </Link>
            {!item.enabled && <Tag>off</Tag>}
            <span className="small muted clip">{item.parents.length > 0 ? `after ${item.parents.join(', ')}` : 'root'}</span>
          </li>
        ))}
        <li>
          <Link to="." search={{ stage: 'new' }} data-here={chosen === undefined ? '' : undefined}>
            New stage
          </Link>
        </li>
      </ul>
    </Panel>
  );
}

function Existing({ branch, id }: { branch: BranchView; id: string }) {
  const found = useQuery({ ...stage(id), refetchOnWindowFocus: false });
  return <Query of={found}>{(data) => <StageEditor branch={branch} stage={data} code={data.code ?? ''} />}</Query>;
}
