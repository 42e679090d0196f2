// The settings of a project: one frame, and a page for each part of them.
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';

import { project } from '../../api/queries.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { PageQuery } from '../../parts/PageQuery.tsx';
import { Tabs } from '../../parts/Tabs.tsx';

const route = getRouteApi('/p/$project/settings');

const PARTS = [
  ['/p/$project/settings/general', 'General'],
  ['/p/$project/settings/secrets', 'Secrets'],
  ['/p/$project/settings/webhooks', 'Webhooks'],
  ['/p/$project/settings/notifications', 'Notifications'],
  ['/p/$project/settings/access', 'Access'],
] as const;

export function ProjectSettings() {
  const { project: name } = route.useParams();
  const found = useQuery(project(name));
  return (
    <div className="page">
      <PageQuery of={found} what="Project">
        {() => (
          <>
            <PageHead
              title={
                <>
                  Settings of <bdi>{name}</bdi>
                </>
              }
              actions={
                <Link to="/p/$project" params={{ project: name }} className="button button-plain">
                  Branches
                </Link>
              }
            />
            <Tabs label="Parts of the settings">
              {PARTS.map(([to, title]) => (
                <Link key={to} to={to} params={{ project: name }} className="tab tab-link" activeOptions={{ includeSearch: false }}>
                  {title}
                </Link>
              ))}
            </Tabs>
            <Outlet />
          </>
        )}
      </PageQuery>
    </div>
  );
}
