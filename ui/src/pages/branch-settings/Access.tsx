// Who may do what here: rights are given for a project, not for a branch of it.
import { Link } from '@tanstack/react-router';

import { ProjectAccess } from '../shared/ProjectAccess.tsx';
import { useHere } from './here.ts';

export function Access() {
  const { project, branch } = useHere();
  return (
    <div className="stack">
      <p className="muted">
        Roles hold in the whole project, for all of its branches:{' '}
        <Link to="/p/$project/settings/access" params={{ project }}>
          access to <bdi>{project}</bdi>
        </Link>
        .
      </p>
      <ProjectAccess project={branch.project} />
    </div>
  );
}
