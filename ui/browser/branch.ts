// What is set for the branches of the made-up installation: variables, numbers, badge, sources of stages, tools.
import type { RetentionView, SecretView, SequencesView, SourceView, StageChecked, StageView, Tools, TriggerView, VariablesView } from '../src/api/generated/types.gen.ts';
import { bodyOf, conflict, found, type Route } from './answers.ts';
import { at, AWKWARD, branches, checked, CODE, FLOW, MAIN, stages } from './world.ts';

const COMMIT = '6558a22f0d4c1b3e9a7755d1c0ffee0123456789';
const NEWER = 'b16b00b50d4c1b3e9a7755d1c0ffee0123456789';

const variables: VariablesView = {
  version: 7,
  variables: { CARGO_TERM_COLOR: 'always', GREETING: AWKWARD.rtl, NOTE: AWKWARD.html, LONG: `${AWKWARD.long}${AWKWARD.long}`, LINES: 'one\ntwo\nthree', EMPTY: '' },
};
const sequences: SequencesView = { flow: 201, ci: 161, dev: 41, stages: { ...Object.fromEntries(stages.map((stage, index) => [stage.name, 190 + index])), [AWKWARD.html]: 1, [AWKWARD.long]: 9_007_199_254_740_991 } };

const retention: RetentionView = { version: 7, is_default: false, ci: { days: 730, flows: 100, logs_days: 180 }, dev: { flows: 20, artifacts_days: 30 }, next_look: at(-40_000) };

const BADGE = `<svg xmlns="http://www.w3.org/2000/svg" width="94" height="20" role="img" aria-label="build: passing"><title>build: passing</title><clipPath id="r"><rect width="94" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="38" height="20" fill="#2c3440"/><rect x="38" width="56" height="20" fill="#1a6b58"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11"><text x="19" y="14">build</text><text x="66" y="14">passing</text></g></svg>`;

const source = (part: Partial<SourceView> = {}): SourceView => ({
  url: 'https://git.example/shop/server.git',
  branch: 'main',
  file: 'ci/build.star',
  credentials: 'gh-token',
  commit: COMMIT,
  newest_commit: COMMIT,
  looked_at: at(130),
  next_look: at(-170),
  refresh_s: 300,
  refresh_on_run: false,
  ...part,
});
/** Of the third stage and of the sixth, whose newest version is wrong. */
export const SOURCES: Record<string, SourceView> = {
  [stages[2]!.id]: source({ credentials: null, refresh_on_run: true }),
  [stages[5]!.id]: source({
    file: `ci/${AWKWARD.long}.star`,
    newest_commit: NEWER,
    error: `commit ${NEWER} is in error (unknown key "stps"); the version of commit ${COMMIT} is used`,
    problems: [
      { path: '/jobs/0/stps', line: 12, message: 'unknown key "stps": did you mean "steps"?' },
      { path: '/parent', line: null, message: `"${AWKWARD.html}" is no stage of this branch` },
    ],
  }),
};
const TRIGGERS: Record<string, TriggerView[]> = {
  [stages[1]!.id]: [{ kind: 'interval', every_s: 5400, next_due: at(-60), last_due: at(5340), last_flow: FLOW, last_skipped: false }],
  [stages[6]!.id]: [
    {
      kind: 'repo',
      every_s: 300,
      next_due: at(-900),
      last_due: at(90_000),
      last_flow: FLOW,
      last_looked: at(40),
      last_error: `https://git.example/${AWKWARD.long}: the host answered 503 ${AWKWARD.html}`,
      repos: [
        { url: 'https://git.example/shop/server.git', branch: 'main', commit: COMMIT },
        { url: `https://git.example/${AWKWARD.long}`, branch: AWKWARD.rtl, commit: null },
      ],
    },
  ],
};
const withMore = (stage: StageView): StageView => ({ ...stage, source: SOURCES[stage.id] ?? null, triggers: TRIGGERS[stage.id] ?? stage.triggers ?? [] });

const secret = (name: string, kind: SecretView['kind']): SecretView => ({ name, kind, of: 'branch', note: 'only here', changed_at: at(5000), changed_by: 'administrator', set: true });
const text = (description: string) => ({ type: 'string', description });
const flag = (description: string) => ({ anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '#\\{' }], description });

export const tools: Tools = {
  step: { type: 'object', required: ['tool'], properties: { tool: text('The tool.'), name: text('The step’s display name.'), timeout: { type: 'integer', minimum: 1, description: 'Limit of one attempt in seconds.' }, env: { type: 'object', additionalProperties: { type: 'string' }, description: 'Environment variables.' } } },
  items: [
    {
      name: 'shell',
      description: 'Runs a command or a script.',
      builtin: true,
      versions: [{ version: '0.1.0', timeout_s: 60, schema: { type: 'object', required: [], allOf: [{ anyOf: [{ required: ['cmd'] }, { required: ['script'] }] }], properties: { cmd: text('The command.'), script: text('The script.'), background: flag('Start it, go on, and end it with the job (False).') } } }],
    },
    {
      name: 'artifacts',
      description: `Keeps files for people and for other stages. ${AWKWARD.html}`,
      builtin: true,
      versions: ['0.2.0', '0.1.0'].map((version) => ({ version, schema: { type: 'object', required: ['source'], properties: { source: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], description: 'The files.' }, action: { enum: ['upload', 'download'], description: 'upload or download (upload).' } } } })),
    },
  ],
};

/** What comes of code that is right: jobs with all that is known of them. */
const right: StageChecked = {
  ok: true,
  problems: [],
  parameters: [
    { name: 'level', type: 'string', default: 'quiet', description: AWKWARD.html, choices: ['quiet', 'loud'] },
    { name: 'target', type: 'string', default: '', description: '' },
  ],
  jobs: ['unit', AWKWARD.html, AWKWARD.long].map((name, index) => ({
    name,
    system: index === 2 ? AWKWARD.long : 'ubuntu:24.04',
    executor: 'docker',
    agents_group: 'all',
    config: 'default',
    timeout_s: 300,
    needs: index === 0 ? [] : ['unit'],
    steps: 2 + index,
    step_list: index === 2 ? [] : ['git', 'shell', 'artifacts', 'pytest'].slice(0, 2 + index).map((tool) => ({ name: AWKWARD.html, tool })),
  })),
};

export const branchRoutes: Route[] = [
  [
    'POST',
    /^branches\/([^/]+)\/stages\/check$/,
    async (_parts, _query, request) => {
      const { name } = await bodyOf<{ name: string }>(request);
      return { body: name === stages[0]?.name ? checked : right };
    },
  ],
  ['GET', /^branches\/([^/]+)\/env$/, ([id]) => ({ body: id === MAIN ? variables : { version: 1, variables: {} } })],
  ['PUT', /^branches\/([^/]+)\/env$/, () => conflict('branch "main" is of version 8 by now: read its variables again, then change them')],
  ['GET', /^branches\/([^/]+)\/sequences$/, () => ({ body: sequences })],
  ['GET', /^branches\/([^/]+)\/retention$/, () => ({ body: retention })],
  ['PUT', /^branches\/([^/]+)\/retention$/, () => conflict('branch "main" is of version 8 by now: read how long its flows are kept again, then change it')],
  ['GET', /^branches\/([^/]+)\/secrets$/, ([id]) => ({ body: { items: id === MAIN ? [secret('gh-token', 'simple'), secret('deploy-key', 'ssh_key')] : [] } })],
  ['PUT', /^branches\/([^/]+)$/, ([id]) => ({ body: branches.find((branch) => branch.id === id) })],
  ['GET', /^branches\/([^/]+)\/stages$/, ([id]) => ({ body: { items: stages.filter((stage) => stage.branch === id).map(withMore) } })],
  ['GET', /^stages\/([^/]+)$/, ([id]) => {
    const stage = stages.find((item) => item.id === id);
    return found('stage', stage && { ...withMore(stage), code: CODE });
  }],
  ['GET', /^tools$/, () => ({ body: tools })],
  [
    'GET',
    /^branches\/([^/]+)\/badges\/build\.svg$/,
    (_parts, _query, _request, response) => {
      response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(BADGE);
      return undefined;
    },
  ],
];
