// What is set for a branch: one frame, a tab each.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useLocation } from '@tanstack/react-router';

import type { BranchView } from '../../api/generated/types.gen.ts';
import { branchNamed } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { Banner } from '../../parts/Banner.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { Ago } from '../../parts/Time.tsx';
import { HereContext } from './here.ts';

const route = getRouteApi('/p/$project/b/$branch/settings');

const TABS = [
  ['stages', 'Stages'],
  ['triggers', 'Triggers'],
  ['secrets', 'Secrets'],
  ['env', 'Environment'],
  ['sequences', 'Numbers'],
  ['retention', 'Retention'],
  ['badges', 'Badges'],
  ['access', 'Access'],
  ['branch', 'Branch'],
] as const;

export function BranchSettings() {
  const { project, branch: name } = route.useParams();
  const branch = useQuery(branchNamed(project, name));
  useTitle(`Settings · ${name}`);
  return (
    <div className="page page-wide">
      <PageQuery of={branch} what="Settings">
        {(data) => <Frame project={project} branch={data} />}
      </PageQuery>
    </div>
  );
}

function Frame({ project, branch }: { project: string; branch: BranchView }) {
  const tab = useLocation({ select: (at) => at.pathname.split('/').at(-1) });
  const params = { project, branch: branch.name };
  return (
    <HereContext value={{ project, branch }}>
      <PageHead
        title={
          <>
            Settings of <bdi>{branch.name}</bdi>
          </>
        }
        actions={
          <Link to="/p/$project/b/$branch" params={params} className="button button-plain">
            Flows
          </Link>
        }
      />
      {branch.archived_at != null && (
        <Banner look="cancelled">
          This branch was archived <Ago at={branch.archived_at} />: nothing starts in it. Under{' '}
          <Link to="/p/$project/b/$branch/settings/branch" params={params}>
            Branch
          </Link>{' '}
          it can be brought back.
        </Banner>
      )}
      <Tabs label="Settings of the branch">
        {TABS.map(([id, title]) => (
          <Link key={id} to={`/p/$project/b/$branch/settings/${id}` as const} params={params} className="tab" data-here={id === tab ? '' : undefined} activeOptions={{ includeSearch: false }}>
            {title}
          </Link>
        ))}
      </Tabs>
      <div key={branch.id} className="settings">
        <Outlet />
      </div>
    </HereContext>
  );
}
