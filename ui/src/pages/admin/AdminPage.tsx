// What administrators of the system look after: one frame, and a page for each part.
import { Link, Outlet } from '@tanstack/react-router';

import { PageHead } from '../../parts/PageHead.tsx';
import { Tabs } from '../../parts/Tabs.tsx';

const PARTS = [
  ['/admin/tokens', 'API tokens'],
  ['/admin/settings', 'Settings'],
  ['/admin/audit', 'Audit'],
  ['/admin/diagnostics', 'Diagnostics'],
  ['/admin/tools', 'Tools'],
] as const;

export function AdminPage() {
  return (
    <div className="page">
      <PageHead title="Administration" />
      <Tabs label="Parts of the administration">
        {PARTS.map(([to, title]) => (
          <Link key={to} to={to} className="tab tab-link" activeOptions={{ includeSearch: false }}>
            {title}
          </Link>
        ))}
      </Tabs>
      <Outlet />
    </div>
  );
}
