import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';

import type { ProjectView } from '../../api/generated/types.gen.ts';
import { project } from '../../api/queries.ts';
import { useTitle } from '../../app/useTitle.ts';
import { useWhyNot } from '../../app/useWhyNot.ts';

const route = getRouteApi('/p/$project/settings');

/** The project whose settings are open, and why the person may not change them; the frame has read it. */
export function useProject(part: string): { name: string; about: ProjectView | undefined; not: string | undefined } {
  const { project: name } = route.useParams();
  useTitle(`${part} · ${name}`);
  const about = useQuery(project(name)).data;
  return { name, about, not: useWhyNot('admin', about?.id) };
}
