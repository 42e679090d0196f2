import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { projects } from '../api/queries.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';

type Place = '/' | '/queue' | '/search' | '/agents' | '/groups' | '/admin';

const PLACES: [to: Place, icon: IconName, name: string][] = [
  ['/', 'home', 'Home'],
  ['/queue', 'queue', 'Queue'],
  ['/search', 'search', 'Search'],
  ['/agents', 'agent', 'Agents'],
  ['/groups', 'groups', 'Groups'],
  ['/admin', 'key', 'Admin'],
];
/** More are found by Ctrl K. */
const PROJECTS_SHOWN = 30;

export function SideBar() {
  const all = useQuery(projects());
  return (
    <nav className="side" aria-label="Main">
      <ul>
        {PLACES.map(([to, icon, name]) => (
          <li key={to}>
            <Link to={to} className="side-link" activeOptions={{ exact: to === '/', includeSearch: false }}>
              <Icon name={icon} />
              <span>{name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {(all.data?.items.length ?? 0) > 0 && (
        <div className="side-projects">
          <h2 className="side-title">Projects</h2>
          <ul>
            {all.data?.items.slice(0, PROJECTS_SHOWN).map((project) => (
              <li key={project.id}>
                <Link to="/p/$project" params={{ project: project.name }} className="side-link" title={project.name}>
                  <Icon name="folder" />
                  <bdi className="clip">{project.name}</bdi>
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </nav>
  );
}
