// What people set for a branch, against a real server: what two of them do at once, what cannot be undone, what a repository brings.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import { type House, stage } from './house.ts';
import { type Made, REAL, realInstallation } from './real-installation.ts';

interface Variables {
  version: number;
  variables: Record<string, string>;
}

describe('settings of a branch', REAL, () => {
  const { open, branch } = realInstallation();

  /** A branch of its own, and a page on one tab of its settings. */
  const on = (tab: string, name: string, work: (page: Page, of: Made, server: House) => Promise<void>, expected?: string[]) =>
    open(async (page, server) => {
      const made = await branch(name, { build: stage({ build: 'true' }) });
      await page.goto(`${server.url}/p/shop/b/${encodeURIComponent(name)}/settings/${tab}`);
      await work(page, made, server);
    }, { expected });

  it('variables: what somebody else changed meanwhile is kept', () =>
    on(
      'env',
      'variables',
      async (page, branch, server) => {
        await page.click('.empty button:has-text("Add variable")');
        await page.getByLabel('Name of variable 1').fill('1st');
        await page.waitForSelector('.field-wrong:has-text("no digit first")');
        await page.getByLabel('Name of variable 1').fill('MINE');
        await page.getByLabel('Value of MINE').fill('two\nlines');
        await page.click('button:has-text("Save 1 change")');
        await page.waitForSelector('text=The variables of variables are saved');

        const read = await server.api<Variables>('GET', `/api/branches/${branch.id}/env`);
        assert.deepEqual(read.variables, { MINE: 'two\nlines' });
        await server.api('PUT', `/api/branches/${branch.id}/env`, { version: read.version, variables: { ...read.variables, THEIRS: '<b>1</b>' } });
        await page.getByLabel('Value of MINE').fill('one line');
        await page.click('button:has-text("Save 1 change")');
        await page.waitForSelector('.conflict tr:has-text("THEIRS"):has-text("<b>1</b>")');
        await page.click('button:has-text("Put my changes on theirs")');
        await page.click('button:has-text("Save 1 change")');
        await page.waitForSelector('.conflict', { state: 'detached' });
        await page.waitForSelector('[role=main] button:has-text("Save"), main button[aria-disabled]:has-text("Save")');
        const saved = await server.api<Variables>('GET', `/api/branches/${branch.id}/env`);
        assert.deepEqual(saved.variables, { MINE: 'one line', THEIRS: '<b>1</b>' });
      },
      ['409'],
    ));

  it('numbers: forward at once, back only by saying so', () =>
    on('sequences', 'numbers', async (page, branch, server) => {
      const ci = page.getByLabel('Next number of CI flows');
      await ci.fill('ten');
      await page.waitForSelector('.field-wrong:has-text("a whole number")');
      await ci.fill('500');
      await page.click('button:has-text("Set 1 number")');
      await page.waitForSelector('.line-row:has-text("CI flows") .line-next:has-text("500")');
      await ci.fill('7');
      await page.click('button:has-text("Set 1 number")');
      await page.waitForSelector('.dialog:has-text("7 instead of 500")');
      await page.click('.dialog button:has-text("Keep as it is")');
      await page.click('button:has-text("Set 1 number")');
      await page.click('.dialog button:has-text("Take them back")');
      await page.waitForSelector('.line-row:has-text("CI flows") .line-next:text-is("7")');
      const { ci: next } = await server.api<{ ci: number }>('GET', `/api/branches/${branch.id}/sequences`);
      assert.equal(next, 7);
    }));

  it('badges: opened to everyone, read without a token, closed again', () =>
    on('badges', 'badges', async (page, branch, server) => {
      const address = `${server.url}/api/branches/${branch.id}/badges/build.svg`;
      await page.waitForSelector('.badge-picture img[alt="build: no flows"]');
      assert.equal((await fetch(address)).status, 404);
      await page.click('button:has-text("Open to everyone")');
      await page.click('.dialog button:has-text("Open to everyone")');
      await page.waitForSelector('.badge:has-text("Everyone")');
      assert.match(await (await fetch(address)).text(), /^<svg/);
      const markdown = await page.textContent('.copy-line code');
      assert.equal(markdown, `[![shop badges](${address})](${server.url}/p/shop/b/badges)`);
      await page.click('button:has-text("Close them")');
      await page.waitForSelector('.badge:has-text("With a token")');
      assert.equal((await fetch(address)).status, 404);
    }));

  it('a branch is renamed, forked, archived and brought back', () =>
    on('branch', 'old name', async (page, branch, server) => {
      await page.getByLabel('Name', { exact: true }).fill('new/name');
      await page.click('button:has-text("Save names")');
      await page.waitForSelector('h1:has-text("Settings of new/name")');
      assert.ok(page.url().endsWith('/p/shop/b/new%2Fname/settings/branch'), page.url());

      await page.click('button:has-text("Archive…")');
      await page.click('.dialog button:has-text("Archive the branch")');
      await page.waitForSelector('.banner:has-text("This branch was archived")');
      await page.click('button:has-text("Bring back")');
      await page.waitForSelector('.banner', { state: 'detached' });

      await page.click('button:has-text("Fork…")');
      await page.locator('.dialog').getByLabel('Name', { exact: true }).fill('release');
      await page.click('.dialog button:has-text("Make the fork")');
      await page.waitForSelector('h1:has-text("Settings of release")');
      await page.waitForSelector('.steps a[data-here]:has-text("build")');
      const names = (await server.api<{ items: Made[] }>('GET', '/api/projects/shop/branches')).items.map((item) => item.name);
      assert.ok(names.includes('release') && names.includes('new/name') && !names.includes(branch.name), names.join());
    }));

  it('a branch moves to another project, and is under its name there', () =>
    on('branch', 'moving', async (page, branch, server) => {
      const other = await server.api<Made>('POST', '/api/projects', { name: 'other shop' });
      await page.click('button:has-text("Move…")');
      const dialog = page.locator('.dialog');
      await dialog.locator('button[aria-disabled]:has-text("Move the branch")').waitFor();
      await dialog.getByLabel('Project').selectOption({ label: 'other shop' });
      await dialog.locator('p:has-text("It leaves shop for other shop")').waitFor();
      await dialog.locator('button:has-text("Move it to other shop")').click();
      await page.waitForURL(`${server.url}/p/other%20shop/b/moving/settings/branch`);
      await page.waitForSelector('h1:has-text("Settings of moving")');
      const moved = await server.api<{ project: string }>('GET', `/api/branches/${branch.id}`);
      assert.equal(moved.project, other.id);
    }));

  it('a stage from a repository: a version that is wrong is told, the one before stays', () =>
    on('stages?stage=new&from=repo', 'from-repo', async (page, branch, server) => {
      const folder = join(server.home, 'repo');
      mkdirSync(folder);
      const git = (...args: string[]) => execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { encoding: 'utf8' }).trim();
      const commit = (code: string): string => {
        const file = join(folder, 'ci/unit.star');
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, code);
        git('add', '.');
        git('commit', '-q', '-m', 'change');
        return git('rev-parse', 'HEAD');
      };
      git('init', '-q', '-b', 'main');
      const good = commit(stage({ unit: 'echo first' }));

      await page.getByLabel('Name of the stage').fill('unit');
      await page.getByLabel('Repository').fill('https://ada:secret@host/path');
      await page.waitForSelector('.field-wrong:has-text("name a secret")');
      await page.getByLabel('Repository').fill(folder);
      await page.getByLabel('File').fill('ci/unit.star');
      await page.click('button:has-text("Make stage")');
      await page.waitForSelector(`.facts:has-text("${good.slice(0, 10)}")`);
      await page.waitForSelector('.cm-line:has-text("echo first")');

      const broken = commit('def stage(ctx):\n    return {"parent": "root", "jbos": []}\n');
      await page.click('button:has-text("Refresh now")');
      await page.waitForSelector(`h2:has-text("Commit ${broken.slice(0, 10)} is not in use")`);
      await page.waitForSelector('.line-row:has-text("jbos")');
      await page.waitForSelector('.cm-line:has-text("echo first")');

      const mended = commit(stage({ unit: 'echo second' }));
      await page.click('button:has-text("Refresh now")');
      await page.waitForSelector(`.facts:has-text("${mended.slice(0, 10)}")`);
      await page.waitForSelector('.cm-line:has-text("echo second")');

      await page.click('button:has-text("Edit here")');
      await page.click('.dialog button:has-text("Edit it here")');
      await page.waitForSelector('button:has-text("From a repository…")');
      const [, unit] = (await server.api<{ items: (Made & { source?: object | null })[] }>('GET', `/api/branches/${branch.id}/stages`)).items;
      assert.equal(unit?.source ?? undefined, undefined);
    }));

  it('retention: keeping less is confirmed, and holds', () =>
    on('retention', 'retention', async (page, branch, server) => {
      await page.waitForSelector('.tag:has-text("the default")');
      await page.getByLabel('Days after it completed').first().fill('7');
      await page.getByLabel('Or among the newest').first().fill('');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.dialog:has-text("CI flows are deleted 7 days after they completed, except the newest one.")');
      await page.click('.dialog button:has-text("Keep less")');
      await page.waitForSelector('text=How long flows of retention are kept is set');
      const { ci, is_default: usual } = await server.api<{ ci: object; is_default: boolean }>('GET', `/api/branches/${branch.id}/retention`);
      assert.deepEqual([usual, { ...ci, logs_days: 0, artifacts_days: 0 }], [false, { days: 7, logs_days: 0, artifacts_days: 0 }]);
      await page.click('button:has-text("Back to the default")');
      await page.click('.dialog button:has-text("Take the default")');
      await page.waitForSelector('.tag:has-text("the default")');
    }));

  it('triggers: the rule, its time zone, and when it comes next', () =>
    on('triggers', 'triggers', async (page, branch, server) => {
      await page.waitForSelector('.empty:has-text("No stage of this branch is started by the clock")');
      await server.api('POST', `/api/branches/${branch.id}/stages`, { name: 'nightly', code: stage({ sweep: 'true' }, { triggers: { parent: false, cron: '30 2 * * *', timezone: 'Asia/Tokyo' } }) });
      await page.reload();
      await page.waitForSelector('.trigger:has-text("nightly"):has-text("30 2 * * *"):has-text("Asia/Tokyo"):has-text("02:30 in Asia/Tokyo")');
    }));

  it('a step is put together from its tool’s form, into the code', () =>
    on('stages', 'steps', async (page) => {
      await page.waitForSelector('.cm-content');
      await page.click('button:has-text("Step…")');
      await page.locator('.dialog').getByLabel('Tool').selectOption('shell');
      await page.locator('.dialog').getByLabel(/^cmd/).fill('echo "made & <b>put</b> here"');
      await page.click('.dialog button:has-text("Put it into the code")');
      await page.waitForSelector('.cm-line:has-text("made & <b>put</b> here")');
      await page.waitForSelector('.badge:has-text("Right")');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('text=build is saved');
    }));

  it('a secret of the branch: its name is shown, what it holds is not', () =>
    on('secrets', 'secrets', async (page, branch, server) => {
      await page.click('button:has-text("New secret")');
      await page.locator('.dialog').getByLabel('Name', { exact: true }).fill('token');
      await page.locator('.dialog').getByLabel('Value', { exact: true }).fill('hush-hush-value');
      await page.click('.dialog button:has-text("Make secret")');
      await page.waitForSelector('table[aria-label="Secrets"] tr:has-text("token")');
      assert.ok(!(await page.content()).includes('hush-hush-value'));
      const { items } = await server.api<{ items: Made[] }>('GET', `/api/branches/${branch.id}/secrets`);
      assert.deepEqual(items.map((item) => item.name), ['token']);
    }));
});
