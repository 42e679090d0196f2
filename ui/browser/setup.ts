// What is set up in the made-up installation: secrets, webhooks, settings; and what was told of runs.
import type { AuditView, DeliveryView, Diagnostics, NoticeView, SecretView, SettingsView, Version, WebhookMade, WebhookView } from '../src/api/generated/types.gen.ts';
import type { Route } from './answers.ts';
import { at, AWKWARD, FLOW, projects } from './world.ts';

const secret = (name: string, kind: string, part: Partial<SecretView> = {}): SecretView => ({ name, kind, of: 'project', note: '', changed_at: at(90_000), changed_by: 'administrator', set: true, ...part });
export const secrets: SecretView[] = [
  secret('deploy', 'ssh_key', { note: 'pushes to the mirror' }),
  secret('gh-token', 'simple', { note: AWKWARD.html, changed_by: AWKWARD.html }),
  secret('registry', 'user_password', { set: false, changed_by: null }),
  secret(AWKWARD.long.replaceAll(' ', '-').slice(0, 100), 'simple', { note: AWKWARD.rtl }),
];

const webhook = (host: string, keys: WebhookView['keys']): WebhookView => ({ host, path: `/api/projects/${projects[0]?.id ?? ''}/webhooks/${host}`, created_at: at(800_000), created_by: 'administrator', keys });
export const webhooks: WebhookView[] = [
  webhook('github', [
    { id: 'k2', created_at: at(4000), ends_at: null },
    { id: 'k1', created_at: at(800_000), ends_at: at(-80_000) },
  ]),
  webhook('gitlab', [{ id: 'k1', created_at: at(800_000), ends_at: null, must_be_rotated: true }]),
];
const made: WebhookMade = { webhook: webhook('gitea', [{ id: 'k1', created_at: at(0), ends_at: null }]), secret: 'fixture-key-of-a-webhook-0123456789abcdef' };

export const deliveries: DeliveryView[] = Array.from({ length: 60 }, (_, index) => ({
  id: `delivery-${index}`,
  received_at: at(40 + index * 3600),
  event: index % 4 === 3 ? 'pull request 12 synchronised' : index % 7 === 5 ? `push to ${AWKWARD.long}` : 'push to main',
  repo: index % 5 === 2 ? AWKWARD.html : 'acme/kraken',
  pending: index === 0,
  outcomes:
    index === 0
      ? []
      : index % 3 === 1
        ? [{ branch: 'b', flow: FLOW, words: `branch main: started ci flow ${190 - index}.` }, { branch: 'c', flow: null, words: `branch release/1.4: no stage wants it: none of the paths ${AWKWARD.html}` }]
        : [{ branch: null, flow: null, words: 'no branch of the project tracks refs/heads/try-it' }],
}));

export const settings: SettingsView = {
  version: 4,
  public_url: 'https://ci.example.com',
  smtp: { server: 'mail.example.com', port: 587, security: 'starttls', user: 'ci', password_set: true, from: 'Kraken <ci@example.com>' },
  slack: { api: null, token_set: false, webhook_set: true },
};

const notice = (channel: string, on: string, state: string, part: Partial<NoticeView> = {}): NoticeView => ({ key: `run:1:${channel}:${on}`, channel, on, at: at(600), state, attempts: 1, settled_at: at(598), answer: null, next_attempt_at: null, ...part });
const notices: NoticeView[] = [
  notice('github', 'start', 'overtaken'),
  notice('github', 'end', 'sent', { answer: '201 Created' }),
  notice('slack', 'regression', 'owed', { attempts: 3, settled_at: null, next_attempt_at: at(-240), answer: '503 Service Unavailable: upstream connect error' }),
  notice('email', 'end', 'refused', { answer: `550 5.1.1 ${AWKWARD.html}` }),
  notice('webhook', 'end', 'given_up', { attempts: 31, answer: `https://deploy.example/${AWKWARD.long}: cannot be reached` }),
  notice('discord', 'failure', 'owed', { attempts: 0, settled_at: null, next_attempt_at: at(-5) }),
];

/** The first project is set up; others have nothing. */
const inFirst = <T>(name: string, items: T[]): T[] => (name === projects[0]?.name ? items : []);

export const setupRoutes: Route[] = [
  ['GET', /^projects\/([^/]+)\/secrets$/, ([name = '']) => ({ body: { items: inFirst(name, secrets) } })],
  ['PUT', /^(?:projects|branches)\/[^/]+\/secrets\/([^/]+)$/, ([name = '']) => ({ body: secret(name, 'simple') })],
  ['DELETE', /^(?:projects|branches)\/[^/]+\/secrets\/[^/]+$/, () => ({ status: 204 })],
  ['GET', /^projects\/([^/]+)\/webhooks$/, ([name = '']) => ({ body: inFirst(name, webhooks) })],
  ['PUT', /^projects\/[^/]+\/webhooks\/[^/]+$/, () => ({ status: 201, body: made })],
  ['POST', /^projects\/[^/]+\/webhooks\/[^/]+\/rotate$/, () => ({ body: made })],
  ['GET', /^projects\/[^/]+\/webhooks\/([^/]+)\/deliveries$/, ([host], query) => ({ body: host === 'github' ? { items: query.get('cursor') ? deliveries.slice(50) : deliveries.slice(0, 50), next: query.get('cursor') ? null : '50' } : { items: [], next: null } })],
  ['GET', /^version$/, () => ({ body: { version: '0.1.0', agents_from: '0.1.0' } satisfies Version })],
  ['GET', /^settings$/, () => ({ body: settings })],
  ['PUT', /^settings$/, () => ({ body: { ...settings, version: settings.version + 1 } })],
  ['GET', /^runs\/[^/]+\/notices$/, () => ({ body: { items: notices, next: null } })],
];

const CALLS = [
  ['POST /api/flows/{flow}/cancel', 'Cancels a flow', `/api/flows/${FLOW}/cancel`],
  ['PUT /api/projects/{project}/secrets/{name}', 'Sets a secret of a project as a whole', '/api/projects/kraken/secrets/deploy'],
  ['POST /api/tokens', 'Makes a token that may do at most what its maker may', '/api/tokens'],
  ['DELETE /api/agents/{agent}', undefined, '/api/agents/01m82agt000000000000000003'],
  ['PUT /api/settings', "Sets all of the system's settings", '/api/settings'],
] as const;
/** Who did what. */
const audited: AuditView[] = Array.from({ length: 40 }, (_, index) => {
  const [action, words, path] = CALLS[index % CALLS.length]!;
  return { at: at(index * 977), request_id: `9ea42de890405b${String(index).padStart(2, '0')}`, token: '01m82tok000000000000000001', actor: index % 6 === 4 ? AWKWARD.html : index % 9 === 7 ? AWKWARD.long : 'Ada (browser)', action, words: words ?? null, path, project: null, made: index % 5 === 2 ? { kind: 'token', id: '01m82tok000000000000000009' } : null };
});

const diagnostics: Diagnostics = {
  version: '0.1.0',
  home: 'aws',
  now: at(0),
  started_at: at(840),
  uptime_s: 840,
  importing_since: null,
  queues: [
    { name: 'kraken-results.fifo', waiting: 12, in_progress: 3, dead_letters: 2 },
    { name: 'kraken-wake', waiting: 0, in_progress: 0, dead_letters: 0 },
    { name: AWKWARD.long },
  ],
  due: [
    { kind: 'job', count: 100, since: at(7) },
    { kind: 'notice', count: 3, since: at(900) },
    { kind: 'delivery', count: 0, since: null },
    { kind: 'phase_of_the_moon', count: 1, since: at(3) },
  ],
  agents: { idle: 8, busy: 15, offline: 3, disabled: 3, discovered: 1, deleted: 0 },
  agents_more: false,
  search: { there: true, behind: 3 },
};

setupRoutes.push(['GET', /^diagnostics$/, () => ({ body: diagnostics })], ['GET', /^audit$/, (_, query) => ({ body: { items: audited.filter((item) => item.actor.includes(query.get('actor') ?? '')), next: query.has('actor') ? null : 'more' } })]);
