// What Ctrl K finds, and in which order. Pure.
import type { FlowView } from '../api/generated/types.gen.ts';
import type { IconName } from '../parts/Icon.tsx';
import { called } from '../words/labels.ts';

export interface Entry {
  icon: IconName;
  kind: string;
  name: string;
  to: string;
}

/** Flows that some page has read lately: `flow 200. · kraken / main`. */
export function flowEntries(flows: Iterable<FlowView>, places: ReadonlyMap<string, string>): Entry[] {
  const seen = new Map<string, Entry>();
  for (const flow of flows) {
    seen.set(flow.id, { icon: 'play', kind: 'flow', name: `flow ${called(flow.label)} · ${places.get(flow.branch) ?? flow.branch_name}`, to: `/flows/${flow.id}` });
  }
  return [...seen.values()];
}

export const pageEntries: readonly Entry[] = [
  { icon: 'home', kind: 'page', name: 'Home', to: '/' },
  { icon: 'queue', kind: 'page', name: 'Queue', to: '/queue' },
  { icon: 'search', kind: 'page', name: 'Search names and logs', to: '/search' },
  { icon: 'agent', kind: 'page', name: 'Agents', to: '/agents' },
  { icon: 'groups', kind: 'page', name: 'Groups', to: '/groups' },
  { icon: 'key', kind: 'page', name: 'API tokens', to: '/admin/tokens' },
  { icon: 'key', kind: 'page', name: 'Settings of the system', to: '/admin/settings' },
  { icon: 'key', kind: 'page', name: 'Audit: who did what', to: '/admin/audit' },
  { icon: 'key', kind: 'page', name: 'Diagnostics', to: '/admin/diagnostics' },
  { icon: 'key', kind: 'page', name: 'Tools of steps', to: '/admin/tools' },
  { icon: 'key', kind: 'page', name: 'You: rights, theme, sign out', to: '/me' },
  { icon: 'theme', kind: 'page', name: 'Design: every component', to: '/design' },
];

/** A flow's id, then a run's number, then a job's number. */
const ID = /^([0-9a-z]{26})(-\d+)?(-\d+)?$/;

/** The place that an id names: flow, run and job ids tell themselves apart. */
export function idEntry(text: string): Entry | undefined {
  const match = ID.exec(text.trim());
  if (!match) return undefined;
  const [id, , run, job] = match;
  if (job) return { icon: 'link', kind: 'job', name: id, to: `/jobs/${id}` };
  if (run) return { icon: 'link', kind: 'run', name: id, to: `/runs/${id}` };
  return { icon: 'link', kind: 'flow', name: id, to: `/flows/${id}` };
}

/** How well a name fits: all words must be in it; a beginning counts more than a middle. `-1`: not at all. */
export function fit(name: string, text: string): number {
  const [low, words] = [name.toLowerCase(), text.toLowerCase().split(/[\s/]+/).filter(Boolean)];
  let score = 0;
  for (const word of words) {
    const at = low.indexOf(word);
    if (at === -1) return -1;
    score += at === 0 || /[\s/\-_.]/.test(low.charAt(at - 1)) ? 2 : 1;
  }
  return score - low.length / 1000;
}

export function found(entries: readonly Entry[], text: string): Entry[] {
  if (text.trim() === '') return [...entries];
  return entries
    .map((entry) => ({ entry, score: fit(entry.name, text) }))
    .filter(({ score }) => score >= 0)
    .sort((one, other) => other.score - one.score)
    .map(({ entry }) => entry);
}
