import { Skeleton } from '../../parts/Skeleton.tsx';
import { ProjectAccess } from '../shared/ProjectAccess.tsx';
import { useProject } from './useProject.ts';

export function Access() {
  const { about } = useProject('Access');
  return about ? <ProjectAccess project={about.id} /> : <Skeleton rows={4} />;
}
