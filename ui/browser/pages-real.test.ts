// The pages over what a real server says, in every look: accessible, no error, nothing that the Content-Security-Policy refuses.
import { before, describe, it } from 'node:test';
import assert from 'node:assert/strict';

import { everyLook } from './axe.ts';
import { type House, stage } from './house.ts';
import { type Made, REAL, realInstallation } from './real-installation.ts';

interface Flow {
  state: string;
}

/** Until a flow of the house is over. */
async function over(server: House, flow: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await server.api<Flow>('GET', `/api/flows/${flow}`)).state !== 'completed') {
    assert.ok(Date.now() < deadline, `flow ${flow} was not over within 30 s`);
    await new Promise((again) => setTimeout(again, 100));
  }
}

/** It tells of itself whose page it is, and what it can reach. */
const PAGE = '<h1>fine</h1><script>let got; try { got = localStorage.length } catch (error) { got = error.name } document.title = `${window.origin} ${got}`</script>';
const FILES = `{"tool": "shell", "cmd": ${JSON.stringify(`mkdir r; cat > r/index.html <<'END'\n${PAGE}\nEND`)}}, {"tool": "artifacts", "source": "r/*", "report_entry": "r/index.html"}`;
const REPORT = `def stage(ctx):\n    return {"parent": "build", "triggers": {"parent": True}, "jobs": [{"name": "pages", "steps": [${FILES}], "environments": [{"system": "any", "agents_group": "all"}]}]}\n`;

describe('pages of a real server', REAL, () => {
  const at = { flow: '', broken: '', other: '', agent: '' };
  const real = realInstallation(async (server) => {
    const { api } = server;
    await api('POST', '/api/groups', { name: 'rigs', description: 'machines with hardware' });
    await api('POST', '/api/projects/shop/secrets', { name: 'deploy', kind: 'simple', value: 'hidden well enough' }).catch(() => undefined);
  });
  before(async () => {
    await real.open(async (_, server) => {
      const made = await real.branch('main', {
        build: stage({ compile: 'echo compiled; seq 1 200' }),
        report: REPORT,
        rig: stage({ rig: 'true' }).replace('"agents_group": "all"', '"agents_group": "rigs"'),
      });
      const broken = await real.flow('broken', { unit: stage({ unit: 'echo "test a::b ... FAILED"; exit 3', lint: 'true' }) });
      const other = await real.flow('reports', { build: stage({ compile: 'true' }), report: REPORT });
      const flow = await server.api<Made>('POST', `/api/branches/${made.id}/flows`, {});
      await over(server, broken.id);
      const agents = await server.api<{ items: Made[] }>('GET', '/api/agents');
      Object.assign(at, { flow: flow.id, broken: broken.id, other: other.id, agent: agents.items[0]?.id });
    });
  });

  const PAGES: [name: string, address: () => string, seen: string][] = [
    ['home', () => '/', '.strip-bar'],
    ['project', () => '/p/shop', '.strip-bar'],
    ['branch', () => '/p/shop/b/main', '.cell'],
    ['new-flow', () => '/p/shop/b/main/run', 'text=Start flow'],
    ['flow', () => `/flows/${at.flow}`, '.graph-node'],
    ['flow-broken', () => `/flows/${at.broken}`, '.graph-node'],
    ['flow-reports', () => `/flows/${at.flow}?tab=reports`, '.table, .empty'],
    ['flow-data', () => `/flows/${at.flow}?tab=data`, '.empty'],
    ['run', () => `/runs/${at.broken}-1`, '.table'],
    ['job', () => `/jobs/${at.broken}-1-1`, '.log-row:not(.missing)'],
    ['queue', () => '/queue', '.table'],
    ['search', () => '/search?q=compiled', '.panel'],
    ['agents', () => '/agents', '.table'],
    ['agent', () => `/agents/${at.agent}`, '.utilisation'],
    ['groups', () => '/groups', '.table'],
    ['group', () => '/groups/rigs', '.page-head'],
    ['stages', () => '/p/shop/b/main/settings/stages', '.cm-content'],
    ['triggers', () => '/p/shop/b/main/settings/triggers', '.empty, .trigger'],
    ['env', () => '/p/shop/b/main/settings/env', '.empty, .variable'],
    ['sequences', () => '/p/shop/b/main/settings/sequences', '.line-field'],
    ['retention', () => '/p/shop/b/main/settings/retention', 'text=is kept'],
    ['badges', () => '/p/shop/b/main/settings/badges', '.badge-picture img'],
    ['branch-settings', () => '/p/shop/b/main/settings/branch', 'text=Save names'],
    ['project-settings', () => '/p/shop/settings/general', '.facts'],
    ['project-webhooks', () => '/p/shop/settings/webhooks', '.panel'],
    ['project-access', () => '/p/shop/settings/access', '.panel'],
    ['tokens', () => '/admin/tokens', '.table'],
    ['admin-settings', () => '/admin/settings', 'h2:has-text("E-mail")'],
    ['admin-audit', () => '/admin/audit', '.audit-row'],
    ['admin-diagnostics', () => '/admin/diagnostics', '.panel'],
    ['admin-tools', () => '/admin/tools', '.panel'],
    ['me', () => '/me', '.segments'],
  ];
  for (const [name, address, seen] of PAGES) {
    it(name, () =>
      real.open(async (page, { url }) => {
        await page.goto(url + address());
        await page.waitForSelector(seen);
        await page.waitForLoadState('networkidle');
        await everyLook(page, `real-${name}`);
      }));
  }

  it('a report opens beside the application, with scripts of its own, and reaches nothing of it', () =>
    real.open(async (page, server) => {
      await over(server, at.other);
      await page.goto(`${server.url}/flows/${at.other}?tab=reports`);
      const [report] = await Promise.all([page.waitForEvent('popup'), page.click('[aria-label="Open r/index.html"]')]);
      await report.waitForSelector('h1:has-text("fine")');
      assert.equal(await report.title(), 'null SecurityError');
      await report.close();
    }));
});
