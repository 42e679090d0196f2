import { Link } from '@tanstack/react-router';

import { placeOf } from './audit.ts';

/** A link to what a call was about, where there is a page of it. */
export function AuditPlace({ path }: { path: string }) {
  const place = placeOf(path);
  switch (place?.what) {
    case 'flow':
      return <Link to="/flows/$flow" params={{ flow: place.id }}>the flow</Link>;
    case 'run':
      return <Link to="/runs/$run" params={{ run: place.id }}>the run</Link>;
    case 'job':
      return <Link to="/jobs/$job" params={{ job: place.id }}>the job</Link>;
    case 'agent':
      return <Link to="/agents/$agent" params={{ agent: place.id }}>the agent</Link>;
    case 'group':
      return <Link to="/groups/$group" params={{ group: place.id }}><bdi>{place.id}</bdi></Link>;
    case 'project':
      return <Link to="/p/$project" params={{ project: place.id }}>the project</Link>;
    case 'project-webhooks':
      return <Link to="/p/$project/settings/webhooks" params={{ project: place.id }}>its webhooks</Link>;
    case 'project-secrets':
      return <Link to="/p/$project/settings/secrets" params={{ project: place.id }}>its secrets</Link>;
    case 'tokens':
      return <Link to="/admin/tokens">tokens</Link>;
    case 'settings':
      return <Link to="/admin/settings">settings</Link>;
    case undefined:
      return null;
  }
}
