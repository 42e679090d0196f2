// A branch's stages: what each does, in code, checked while it is written or taken from a repository.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import type { BranchView, StageView } from '../../api/generated/types.gen.ts';
import { stage, stages } from '../../api/queries.ts';
import { Segments } from '../../parts/Fields.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Query } from '../../parts/Query.tsx';
import { StateIcon, Tag } from '../../parts/State.tsx';
import { useHere } from '../branch-settings/here.ts';
import { NEW_STAGE } from './example.ts';
import { NewFromRepo } from './NewFromRepo.tsx';
import { RepoStage } from './RepoStage.tsx';
import { StageEditor } from './StageEditor.tsx';

const route = getRouteApi('/p/$project/b/$branch/settings/stages');

const PLACES = [
  { value: 'here', label: 'Code here' },
  { value: 'repo', label: 'From a repository' },
] as const;

export function StagesPage() {
  const { branch } = useHere();
  const { stage: asked } = route.useSearch();
  const list = useQuery(stages(branch.id));
  return (
    <Query of={list} rows={8}>
      {({ items }) => {
        // The first one when none is asked for; a new one when there is none.
        const chosen = asked === 'new' ? undefined : (items.find((item) => item.id === asked) ?? items[0]);
        return (
          <div className="job-body">
            <StageList items={items} chosen={chosen} />
            {chosen ? <Existing key={chosen.id} branch={branch} id={chosen.id} /> : <New key="new" branch={branch} />}
          </div>
        );
      }}
    </Query>
  );
}

function New({ branch }: { branch: BranchView }) {
  const { from } = route.useSearch();
  const navigate = route.useNavigate();
  const where = (
    <Segments
      label="Where the code is"
      choices={PLACES}
      value={from ?? 'here'}
      onChoose={(value) => void navigate({ search: value === 'repo' ? { stage: 'new', from: 'repo' } : { stage: 'new' }, replace: true })}
    />
  );
  return from === 'repo' ? <NewFromRepo where={where} /> : <StageEditor branch={branch} stage={undefined} code={NEW_STAGE} where={where} />;
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
            {item.source?.error != null && <StateIcon look="failed" label="its newest version is in error" />}
            {item.source && <Tag>repo</Tag>}
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
  return <Query of={found} rows={10}>{(data) => (data.source ? <RepoStage branch={branch} stage={data} source={data.source} /> : <StageEditor branch={branch} stage={data} code={data.code ?? ''} />)}</Query>;
}
