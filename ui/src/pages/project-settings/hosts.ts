// The kinds of git hosts, and what to enter and tick at each. Pure.
import type { DeliveryView } from '../../api/generated/types.gen.ts';
import type { State } from '../../words/states.ts';

export interface Host {
  slug: string;
  name: string;
  /** Where its webhooks are set up. */
  where: string;
  /** What it calls the field of the address. */
  address: string;
  /** What it calls the field of the key. */
  key: string;
  contentType?: string;
  /** What to tick. */
  events: string[];
}

export const HOSTS: readonly Host[] = [
  { slug: 'github', name: 'GitHub', where: 'Settings → Webhooks → Add webhook', address: 'Payload URL', key: 'Secret', contentType: 'application/json', events: ['Pushes', 'Pull requests'] },
  { slug: 'gitlab', name: 'GitLab', where: 'Settings → Webhooks → Add new webhook', address: 'URL', key: 'Signing token (where there is none: Secret token)', events: ['Push events', 'Tag push events', 'Merge request events'] },
  { slug: 'gitea', name: 'Gitea', where: 'Settings → Webhooks → Add webhook → Gitea', address: 'Target URL', key: 'Secret', contentType: 'application/json', events: ['Push', 'Pull request', 'Pull request synchronized'] },
  { slug: 'forgejo', name: 'Forgejo', where: 'Settings → Webhooks → Add webhook → Forgejo', address: 'Target URL', key: 'Secret', contentType: 'application/json', events: ['Push', 'Pull request', 'Pull request synchronized'] },
  { slug: 'bitbucket', name: 'Bitbucket Cloud', where: 'Repository settings → Webhooks → Add webhook', address: 'URL', key: 'Secret', events: ['Push', 'Pull request: created', 'Pull request: updated'] },
  { slug: 'bitbucket-server', name: 'Bitbucket Server', where: 'Repository settings → Webhooks → Create webhook', address: 'URL', key: 'Secret', events: ['Push', 'Pull request: opened', 'Pull request: source branch updated'] },
];

/** A host of a newer server than this page is shown by its own name. */
export const hostOf = (slug: string): Host => HOSTS.find((host) => host.slug === slug) ?? { slug, name: slug, where: 'its settings of webhooks', address: 'URL', key: 'Secret', events: ['Push', 'Pull requests'] };

/** What came of a delivery, at a glance. */
export function deliveryState({ pending, outcomes }: Pick<DeliveryView, 'pending' | 'outcomes'>): State {
  if (pending) return { look: 'queued', word: 'To be dealt with' };
  return outcomes.some((outcome) => outcome.flow != null) ? { look: 'passed', word: 'Started a flow' } : { look: 'cancelled', word: 'Started nothing' };
}

export type Came = 'flow' | 'nothing';

export const cameTo = (delivery: Pick<DeliveryView, 'pending' | 'outcomes'>, wanted: Came | undefined): boolean =>
  wanted === undefined || (deliveryState(delivery).look === 'passed') === (wanted === 'flow');

/** Whether a git host elsewhere could send something to this address. */
export function reachable(origin: string): boolean {
  const { hostname, protocol } = new URL(origin);
  return protocol === 'https:' && !/^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(hostname);
}

/** Which stages a webhook starts, said in the stage. */
export const RULES = `"triggers": {
    "parent": True,
    "webhook": {
        "paths": ["src/**", "Cargo.*"],   # a push must touch one of these
        "paths_ignore": ["**/*.md"],      # and these do not count
        "repos": ["https://git.example.com/shop/till.git"],
        "tags": ["v*"],                   # none unless said
    },
},`;
