import { ProjectAccess } from '../shared/ProjectAccess.tsx';
import { useHere } from './here.ts';

/** Rights are given for projects: a branch has those of its own. */
export function Access() {
  return <ProjectAccess project={useHere().branch.project} />;
}
