// The record of who did what, as its page filters and links it. Pure.

export interface AuditSearch {
  /** A project's id. */
  project?: string;
  /** The name or id of a token. */
  actor?: string;
  /** Days in the reader's time zone: `2026-11-22`; both belong to it. */
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A day as addresses hold it. */
export const day = (value: unknown): string | undefined => (typeof value === 'string' && DAY.test(value) && !Number.isNaN(Date.parse(`${value}T00:00`)) ? value : undefined);

/** The moment when a day begins, `later` days after it. */
function begin(text: string, later: number): string {
  const at = new Date(`${text}T00:00`);
  at.setDate(at.getDate() + later);
  return at.toISOString();
}

/** What is asked of the API. */
export const asked = ({ project, actor, from, to }: AuditSearch) => ({
  project,
  actor: actor === undefined || actor.trim() === '' ? undefined : actor.trim(),
  since: from === undefined ? undefined : begin(from, 0),
  until: to === undefined ? undefined : begin(to, 1),
});

export interface Place {
  what: 'flow' | 'run' | 'job' | 'agent' | 'group' | 'project' | 'project-webhooks' | 'project-secrets' | 'tokens' | 'settings';
  id: string;
}

const PLACES: Record<string, Place['what']> = { flows: 'flow', runs: 'run', jobs: 'job', agents: 'agent', groups: 'group', projects: 'project' };

/** The page of what a call was about, as far as its path tells. */
export function placeOf(path: string): Place | undefined {
  const [list = '', id, part] = path.replace(/^\/api\//, '').split('/');
  if (list === 'settings') return { what: 'settings', id: '' };
  if (list === 'tokens' || list === 'enrolment-tokens') return { what: 'tokens', id: '' };
  const what = PLACES[list];
  if (what === undefined || id === undefined || id === '') return undefined;
  let name: string;
  try {
    name = decodeURIComponent(id);
  } catch {
    return undefined;
  }
  if (what === 'project' && part === 'webhooks') return { what: 'project-webhooks', id: name };
  if (what === 'project' && part === 'secrets') return { what: 'project-secrets', id: name };
  return { what, id: name };
}
