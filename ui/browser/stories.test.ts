// What people do, from the first click to the last line, against a real server with a real agent.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { stage } from './house.ts';
import { type Made, REAL, realInstallation } from './real-installation.ts';
import { CSP } from './serve.ts';

describe('with a real server', REAL, () => {
  const { open, branch, flow } = realInstallation();

  it('sign in with a token; a wrong one is refused', () =>
    open(async (page, { url, token }) => {
      await page.goto(url);
      await page.evaluate(() => localStorage.clear());
      await page.reload();
      await page.fill('input[type=password]', 'wrong');
      await page.click('button:has-text("Sign in")');
      await page.waitForSelector('text=This token is not known here');
      await page.fill('input[type=password]', token);
      await page.click('button:has-text("Sign in")');
      await page.waitForSelector('h1:has-text("Home")');
    }, { token: '', expected: ['401'] }));

  it('sign in by a link, which works once and leaves no trace in the address', () =>
    open(async (page, { url, token, api }) => {
      const { code } = await api<{ code: string }>('POST', '/api/sign-in-codes');
      await page.goto(url);
      await page.evaluate(() => localStorage.clear());
      await page.goto('about:blank');
      await page.goto(`${url}/queue#sign-in=${code}`);
      await page.waitForSelector('h1:has-text("Queue")');
      assert.equal(page.url(), `${url}/queue`);
      await page.goBack();
      assert.equal(page.url(), 'about:blank');
      await page.goForward();
      await page.waitForSelector('h1:has-text("Queue")');
      assert.equal(page.url(), `${url}/queue`);

      await page.evaluate(() => localStorage.clear());
      await page.goto('about:blank');
      await page.goto(`${url}/queue#sign-in=${code}`);
      await page.waitForSelector('text=This link did not work');
      assert.equal(page.url(), `${url}/queue`);
      // Whoever is signed in stays so.
      await page.evaluate((known) => localStorage.setItem('kraken.token', known), token);
      await page.goto('about:blank');
      await page.goto(`${url}/queue#sign-in=${code}`);
      await page.waitForSelector('text=You are signed in as');
      await page.click('button:has-text("Keep as it is")');
      await page.waitForSelector('h1:has-text("Queue")');
      // Also in a tab that has the app open already.
      const { code: another } = await api<{ code: string }>('POST', '/api/sign-in-codes');
      await page.evaluate((hash) => { location.hash = hash; }, `sign-in=${another}`);
      await page.click('button:has-text("Sign in with the link")');
      await page.waitForFunction((before) => localStorage.getItem('kraken.token') !== before, token);
      await page.waitForSelector('h1:has-text("Queue")');
      assert.equal(page.url(), `${url}/queue`);
    }, { token: '', expected: ['401'] }));

  it('is served as it is shipped', () =>
    open(async (_, { url }) => {
      const page = await fetch(`${url}/p/shop/b/release-1.2`);
      assert.equal(page.headers.get('content-security-policy'), CSP);
      const script = /src="(\/assets\/[^"]+)"/.exec(await page.text())?.[1] ?? '';
      const asset = await fetch(url + script, { headers: { 'accept-encoding': 'gzip, br' } });
      assert.deepEqual([asset.headers.get('content-encoding'), asset.headers.get('cache-control')], ['br', 'public, max-age=31536000, immutable']);
      const again = await fetch(url + script, { headers: { 'accept-encoding': 'gzip, br', 'if-none-match': asset.headers.get('etag') ?? '' } });
      assert.equal(again.status, 304);
      const missing = await fetch(`${url}/api/no/such/path`);
      assert.deepEqual([missing.status, missing.headers.get('content-type')], [404, 'application/problem+json']);
    }));

  it('make a project and a branch', () =>
    open(async (page, { url }) => {
      await page.goto(url);
      await page.click('button:has-text("New project")');
      await page.getByLabel('Name').fill('warehouse & <b>co</b>');
      await page.click('button:has-text("Make project")');
      await page.waitForSelector('h1:has-text("warehouse & <b>co</b>")');
      await page.click('button:has-text("New branch")');
      await page.getByLabel('Name').fill('feature/a b');
      await page.click('.dialog button:has-text("Make branch")');
      await page.waitForSelector('h1:has-text("feature/a b")');
      await page.reload();
      await page.waitForSelector('text=First the branch needs a stage');
    }));

  it('start a flow with an argument and watch it finish live', () =>
    open(async (page, { url }) => {
      await branch('live', {
        build: stage({ compile: 'echo "level is #{args.level}"; sleep 2' }, { parameters: [{ name: 'level', type: 'string', default: 'quiet', description: '' }] }),
        unit: stage({ test: 'echo tested' }, { parent: 'build', triggers: { parent: true } }),
      });
      await page.goto(`${url}/p/shop/b/live`);
      await page.click('a:has-text("Start a flow")');
      await page.getByLabel('level', { exact: true }).fill('loud');
      await page.click('button:has-text("Start flow")');
      await page.waitForSelector('h1:has-text("Flow 1")');
      await page.waitForSelector('.page-head .badge:has-text("Running")');
      await page.waitForSelector('.page-head .badge:has-text("Passed")');
      await page.waitForSelector('.graph-node:has-text("unit")');
      await page.click('.timeline a:has-text("compile")');
      await page.waitForSelector('.log-row:has-text("level is loud")');
    }));

  it('follow a log, line by line, and cancel the job', () =>
    open(async (page, { url }) => {
      const { id } = await flow('endless', { talk: stage({ talk: 'i=0; while true; do i=$((i+1)); echo "line $i"; sleep 0.05; done' }) });
      await page.goto(`${url}/jobs/${id}-1-1`);
      await page.waitForSelector('.page-head .badge:has-text("Running")');
      // The view goes along with the newest lines, so no single one is sure to be seen.
      await page.locator('.log-row', { hasText: /line [2-9]\d\d/ }).first().waitFor();
      await page.waitForSelector('button[aria-pressed=true]:has-text("Follow")');
      await page.hover('.log-scroll');
      await page.mouse.wheel(0, -400);
      await page.waitForSelector('button[aria-pressed=false]:has-text("Follow")');
      await page.keyboard.press('f');
      await page.waitForSelector('button[aria-pressed=true]:has-text("Follow")');
      await page.click('button:has-text("Cancel")');
      await page.click('button:has-text("Cancel the job")');
      await page.waitForSelector('.page-head .badge:has-text("Cancelled")');
    }));

  it('find the first error, link to it, and rerun', () =>
    open(async (page, { url }) => {
      const { id } = await flow('broken', { unit: stage({ unit: 'seq 1 5000; echo "test a::b ... FAILED"; seq 1 5000; exit 3' }) });
      await page.goto(`${url}/jobs/${id}-1-1`);
      await page.waitForSelector('.page-head .badge:has-text("Failed")');
      await page.waitForSelector('.banner:has-text("exit code 3")');
      await page.waitForSelector('.log-row:has-text("5000")');
      await page.keyboard.press('e');
      await page.waitForSelector('.log-row.selected:has-text("test a::b ... FAILED")');
      assert.ok(page.url().endsWith('#L5001'), page.url());
      await page.reload();
      await page.waitForSelector('.log-row.selected:has-text("test a::b ... FAILED")');
      await page.fill('[aria-label="Search the log"]', '^49\\d9$');
      await page.click('[aria-label="Regular expression"]');
      await page.waitForSelector('.log-count:has-text("20 matches")');
      await page.press('[aria-label="Search the log"]', 'Enter');
      await page.waitForSelector('.log-row.current:has-text("4909")');
      await page.click('button:has-text("Rerun")');
      await page.waitForSelector('text=Repeats an earlier job');
    }));

  it('download an artifact', () =>
    open(async (page, { url }) => {
      const steps = '{"tool": "shell", "cmd": "mkdir -p out && printf hello > \'out/a b.txt\'"}, {"tool": "artifacts", "source": "out/a b.txt"}';
      const code = `def stage(ctx):\n    return {"parent": "root", "jobs": [{"name": "files", "steps": [${steps}], "environments": [{"system": "any", "agents_group": "all"}]}]}\n`;
      const { id } = await flow('files', { files: code });
      await page.goto(`${url}/flows/${id}`);
      await page.waitForSelector('.page-head .badge:has-text("Passed")');
      await page.click('.tab:has-text("Artifacts")');
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Download out/a b.txt"]')]);
      assert.equal(file.suggestedFilename(), 'a b.txt');
      assert.equal(await readFile(await file.path(), 'utf8'), 'hello');
    }));

  it('start a stage that waits for a person', () =>
    open(async (page, { url }) => {
      const { id } = await flow('manual', { build: stage({ build: 'true' }), deploy: stage({ ship: 'echo shipped' }, { parent: 'build', triggers: { parent: true, manual: true } }) });
      await page.goto(`${url}/flows/${id}`);
      await page.waitForSelector('.page-head .badge:has-text("Waits for you")');
      await page.click('button:has-text("Start deploy")');
      await page.waitForSelector('.page-head .badge:has-text("Passed")');
    }));

  it('cancel a flow that waits for an agent', () =>
    open(async (page, { url, api }) => {
      await api('POST', '/api/groups', { name: 'hw-rig' });
      const { id } = await flow('waits', { rig: stage({ rig: 'true' }).replace('"agents_group": "all"', '"agents_group": "hw-rig"') });
      await page.goto(`${url}/queue`);
      await page.waitForSelector('tr:has-text("hw-rig")');
      await page.goto(`${url}/flows/${id}`);
      await page.waitForSelector('.banner:has-text("has been waiting")');
      await page.click('button:has-text("Cancel")');
      await page.click('button:has-text("Cancel the flow")');
      await page.waitForSelector('.page-head .badge:has-text("Cancelled")');
    }));

  it('write a stage with a mistake, mend it, and see somebody else save first', () =>
    open(
      async (page, { url, api }) => {
        const made = await branch('edited');
        await page.goto(`${url}/p/shop/b/edited`);
        await page.click('a:has-text("Make a stage")');
        await page.getByLabel('Name of the stage').fill('hello');
        await page.waitForSelector('.badge:has-text("Right")');
        /** Types over the whole text, with keys as people have them. */
        const type = async (code: string) => {
          await page.click('.cm-content');
          await page.keyboard.press('Control+a');
          await page.keyboard.press('Delete');
          await page.keyboard.insertText(code);
        };
        await type('def stage(ctx):\n    return {"parent": "root", "jobs": [{"name": "a", "stps": []}]}\n');
        await page.waitForSelector('.badge:has-text("problem")');
        await page.waitForSelector('.line-row:has-text("stps")');
        await type('def stage(ctx):\n    return {"parent": "root", "jobs": []}\n');
        await page.waitForSelector('.badge:has-text("Right")');
        await page.click('button:has-text("Make stage")');
        await page.waitForSelector('.steps a[data-here]:has-text("hello")');

        const [stored] = (await api<{ items: Made[] }>('GET', `/api/branches/${made.id}/stages`)).items;
        assert.ok(stored);
        await api('PUT', `/api/stages/${stored.id}`, { code: '# theirs\ndef stage(ctx):\n    return {"parent": "root", "jobs": []}\n' });
        await type('# mine\ndef stage(ctx):\n    return {"parent": "root", "jobs": []}\n');
        await page.click('button:has-text("Save")');
        await page.waitForSelector('.versions pre:has-text("# theirs")');
        await page.click('button:has-text("Go on with mine")');
        await page.click('button:has-text("Save")');
        await page.waitForSelector('text=hello is saved');
        const saved = await api<{ code: string }>('GET', `/api/stages/${stored.id}`);
        assert.match(saved.code, /^# mine/);
      },
      { expected: ['409'] },
    ));

  it('enrol an agent with the command of the page', () =>
    open(async (page, { url, home, api, start }) => {
      await api('POST', '/api/groups', { name: 'rigs' });
      await page.goto(`${url}/groups/rigs`);
      await page.click('button:has-text("Add an agent")');
      await page.click('button:has-text("Make a token")');
      const command = await page.textContent('.copy-line code');
      const secret = /KRAKEN_ENROLMENT_TOKEN=(\S+)/.exec(command ?? '')?.[1];
      assert.ok(secret, command ?? 'no command');
      start('kraken-agent', ['run', '--server', url, '--state-dir', join(home, 'rig')], { KRAKEN_ENROLMENT_TOKEN: secret });
      await page.click('button:has-text("Done")');
      await page.waitForSelector('table[aria-label="Agents of this group"] tr:has-text("Idle")');
    }));
});
