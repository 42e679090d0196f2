// The pictures of the README: a real server with three agents builds what a git host told it of. Only where KRAKEN_PICTURES names the
// folder that they go to: `KRAKEN_PICTURES=../docs node --test browser/pictures.test.ts`.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';

import type { WebhookMade } from '../src/api/generated/types.gen.ts';
import { type House, programs, stage } from './house.ts';
import { type Made, realInstallation } from './real-installation.ts';

const folder = process.env.KRAKEN_PICTURES;
const DRAWN = { skip: folder === undefined ? 'KRAKEN_PICTURES names no folder' : programs === undefined ? 'no programs: run make release' : false };
const SIZE = { width: 1280, height: 800 };
const PATIENCE_MS = 60_000;

const sha = (number: number): string => createHmac('sha256', 'commit').update(String(number)).digest('hex').slice(0, 40);

const PUSHES: { subject: string; by: string }[][] = [
  [{ subject: 'Answer deliveries before they are looked at', by: 'Ania' }],
  [{ subject: 'Show why a job is waiting', by: 'Tomasz' }],
  [{ subject: 'Keep what an agent lost', by: 'Ania' }, { subject: 'Tell people of a stage that waits for them', by: 'Priya' }],
  [{ subject: 'Sort the queue by when jobs came', by: 'Tomasz' }],
];

const TESTS = ['orders_by_age', 'skips_what_nobody_can_run', 'keeps_places_when_a_job_leaves', 'counts_each_job_once', 'takes_the_oldest_first'];
const GREEN = '\\033[32mok\\033[0m';
const says = (...lines: string[]) => `printf '${lines.join('\\n')}\\n'`;
const units = (ends: string) =>
  [
    says('::group::compile', '\\033[1;32m   Compiling\\033[0m queue v0.4.1', '\\033[1;32m   Compiling\\033[0m planner v0.4.1', '\\033[1;32m    Finished\\033[0m in 2.31 s', '::endgroup::'),
    'sleep 1.5',
    ...TESTS.slice(0, 4).flatMap((name) => [says(`test queue::tests::${name} ... ${GREEN}`), 'sleep 0.3']),
    ends,
  ].join('; ');
const FAILS = `${says(`test queue::tests::${TESTS[4]} ... \\033[31mFAILED\\033[0m`, '', '---- queue::tests::takes_the_oldest_first ----', 'assertion failed: the job of 10:31:07 came before the one of 10:31:02', '  at crates/queue/src/tests.rs:88:5', '', 'test result: \\033[31mFAILED\\033[0m. 4 passed; 1 failed')}; exit 101`;
const PASSES = says(`test queue::tests::${TESTS[4]} ... ${GREEN}`, '', `test result: ${GREEN}. 5 passed; 0 failed`);

const after = (parent: string) => ({ parent, triggers: { parent: true } });
const stages = (last: boolean): Record<string, string> => ({
  tarball: stage({ pack: 'sleep 1; echo packed' }),
  'static analysis': stage({ clippy: 'sleep 3; echo clean', fmt: 'sleep 0.8' }, after('tarball')),
  build: stage({ release: 'sleep 4; echo built', debug: 'sleep 2.5' }, after('tarball')),
  'unit tests': stage({ queue: units(last ? FAILS : PASSES), planner: 'sleep 2.2', agent: 'sleep 1.7' }, after('build')),
  'system tests': stage({ local: 'sleep 3.5', emulated: 'sleep 2.4' }, after('build')),
  publish: stage({ packages: 'sleep 1.1' }, after('unit tests')),
});

interface Flow extends Made {
  state: string;
}

describe('pictures', DRAWN, () => {
  const real = realInstallation(async ({ api, start, url, home }) => {
    const { secret } = await api<{ secret: string }>('POST', '/api/enrolment-tokens', { groups: [], reusable: true });
    for (const name of ['one', 'two']) start('kraken-agent', ['run', '--server', url, '--state-dir', join(home, name)], { KRAKEN_ENROLMENT_TOKEN: secret });
    await api('POST', '/api/projects', { name: 'kraken' });
  });
  let newest = '';

  /** Tells the server of a push, as a git host does, and waits until what that started is over. */
  async function push({ api }: House, number: number, hook: { url: string; key: string }): Promise<void> {
    const pushed = PUSHES[number] ?? [];
    const commits = pushed.map(({ subject, by }, at) => ({ id: sha(number * 10 + at), message: subject, author: { name: by, email: `${by.toLowerCase()}@example.com` }, timestamp: new Date().toISOString(), added: [], modified: ['crates/queue/src/lib.rs'], removed: [], url: `https://git.example.com/acme/kraken/commit/${sha(number * 10 + at)}` }));
    const last = commits.at(-1);
    const body = JSON.stringify({
      ref: 'refs/heads/main',
      before: sha(number * 10 - 10),
      after: last?.id,
      compare_url: `https://git.example.com/acme/kraken/compare/${number}`,
      commits,
      head_commit: last,
      repository: { full_name: 'acme/kraken', html_url: 'https://git.example.com/acme/kraken', clone_url: 'https://git.example.com/acme/kraken.git' },
      pusher: { username: pushed.at(-1)?.by, email: 'someone@example.com' },
    });
    const told = await fetch(hook.url, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-gitea-event': 'push', 'x-gitea-delivery': `push-${number}`, 'x-gitea-signature': createHmac('sha256', hook.key).update(body).digest('hex') } });
    assert.equal(told.status, 202, await told.text());
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { items } = await api<{ items: { flows: Flow[] }[] }>('GET', '/api/branches?last=12&kind=ci');
      const flows = items.flatMap((branch) => branch.flows);
      newest = flows[0]?.id ?? '';
      if (flows.length === number + 1 && flows.every((flow) => flow.state === 'completed')) return;
      assert.ok(Date.now() < deadline, `what push ${number} started was not over within ${PATIENCE_MS} ms`);
      await new Promise((again) => setTimeout(again, 250));
    }
  }

  before(async () => {
    await real.open(async (_, server) => {
      const { api } = server;
      const made = await api<Made>('POST', '/api/projects/kraken/branches', { name: 'main' });
      for (const [name, code] of Object.entries(stages(false))) await api('POST', `/api/branches/${made.id}/stages`, { name, code });
      const set = await api<WebhookMade>('PUT', '/api/projects/kraken/webhooks/gitea');
      const hook = { url: server.url + set.webhook.path, key: set.secret };
      for (let number = 0; number < PUSHES.length; number += 1) {
        if (number === PUSHES.length - 1) {
          const known = await api<{ items: Made[] }>('GET', `/api/branches/${made.id}/stages`);
          const units = known.items.find(({ name }) => name === 'unit tests');
          await api('PUT', `/api/stages/${units?.id}`, { code: stages(true)['unit tests'] });
        }
        await push(server, number, hook);
      }
    });
  });

  for (const theme of ['light', 'dark'] as const) {
    it(`a flow and a log, ${theme}`, () =>
      real.open(async (page, { url, api }) => {
        assert.ok(folder !== undefined);
        await page.setViewportSize(SIZE);
        await page.emulateMedia({ colorScheme: theme });
        await page.goto(`${url}/flows/${newest}`);
        await page.waitForSelector('.graph-node:has-text("unit tests")');
        await page.waitForSelector('.timeline .bar-run');
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: resolve(folder, `ui-${theme}.png`) });

        const { runs } = await api<{ runs: { id: string; stage_name: string }[] }>('GET', `/api/flows/${newest}`);
        await page.goto(`${url}/jobs/${runs.find((run) => run.stage_name === 'unit tests')?.id}-1`);
        await page.waitForSelector('.log-row:has-text("assertion failed")');
        await page.keyboard.press('e');
        await page.waitForSelector('.log-row.selected');
        await page.mouse.move(0, 0);
        await page.screenshot({ path: resolve(folder, `ui-log-${theme}.png`) });
      }));
  }
});
