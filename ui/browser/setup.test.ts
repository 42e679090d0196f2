// Setting things up: with the made-up installation where somebody else is faster or a role is missing, and with a real server.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { bodyOf, conflict, type Given, problem } from './answers.ts';
import { stage } from './house.ts';
import { answering, asViewer, installation } from './installation.ts';
import { REAL, realInstallation } from './real-installation.ts';
import { settings } from './setup.ts';

describe('setting up', () => {
  const { open } = installation();

  it('settings that somebody else saved first: both versions, and the choice', async () => {
    let version = settings.version;
    const stored = () => ({ ...settings, version, public_url: version === settings.version ? settings.public_url : 'https://theirs.example.com' });
    const save = (sent: { version: number; public_url: string }): Given => {
      // The first save finds that somebody was faster.
      version = Math.max(version, settings.version + 1);
      return sent.version === version ? { body: { ...settings, version: version + 1, public_url: sent.public_url } } : conflict('the settings are of another version by now');
    };
    await open(
      async (page, url) => {
        await page.goto(`${url}/admin/settings`);
        await page.getByLabel('Where people reach this server').fill('https://mine.example.com');
        await page.click('button:has-text("Save")');
        await page.waitForSelector('.versions pre:has-text("https://theirs.example.com")');
        await page.waitForSelector('.versions pre:has-text("https://mine.example.com")');
        await page.click('button:has-text("Go on with mine")');
        await page.click('button:has-text("Save")');
        await page.waitForSelector('text=The settings are saved');
        assert.equal(await page.getByLabel('Where people reach this server').inputValue(), 'https://mine.example.com');
      },
      { instead: answering('/api/settings', async (request) => (request.method === 'GET' ? { body: stored() } : save(await bodyOf(request)))) },
    );
  });

  it('somebody without the role reads which one it takes', () =>
    open(
      async (page, url) => {
        for (const [address, button] of [['/p/kraken/settings/secrets', 'New secret'], ['/p/kraken/settings/webhooks', 'New key'], ['/agents', 'Add an agent'], ['/groups/hw-rig', 'Delete group']] as const) {
          await page.goto(url + address);
          await page.waitForSelector(`button[aria-disabled]:has-text("${button}")`);
        }
        for (const address of ['/admin/settings', '/admin/tokens']) {
          await page.goto(url + address);
          await page.waitForSelector('.empty:has-text("need the role admin over the whole system")');
        }
      },
      { instead: asViewer },
    ));

  it('a secret that the server refuses: the reason beside its field', () =>
    open(
      async (page, url) => {
        await page.goto(`${url}/p/kraken/settings/secrets`);
        await page.click('button:has-text("New secret")');
        await page.getByLabel('Name', { exact: true }).fill('gh-token');
        await page.waitForSelector('.field-wrong:has-text("replace that")');
        await page.getByLabel('Name', { exact: true }).fill('flow');
        await page.getByLabel('Value').fill('abc');
        await page.waitForSelector('.field-wrong:has-text("4 characters")');
        await page.getByLabel('Value').fill('abcd');
        await page.click('button:has-text("Make secret")');
        await page.waitForSelector('.field-wrong:has-text("means something else")');
      },
      { instead: answering((request) => request.method === 'PUT', problem(422, 'invalid', 'Invalid', 'one field is wrong', [{ path: '/path/name', message: 'the name "flow" means something else in the texts of stages' }])) },
    ));
});

describe('setting up a real server', REAL, () => {
  const { open, flow } = realInstallation();

  it('a secret: made, used by a job without being shown, replaced, deleted', () =>
    open(async (page, { url, home }) => {
      const value = 'open-sesame-9731';
      await page.goto(`${url}/p/shop/settings/secrets`);
      await page.click('button:has-text("New secret")');
      await page.getByLabel('Name', { exact: true }).fill('door');
      await page.getByLabel('Value').fill(value);
      await page.getByLabel('What it is for').fill('the door of the shop');
      await page.click('button:has-text("Make secret")');
      await page.waitForSelector('tr:has-text("door"):has-text("the door of the shop")');

      const { id } = await flow('main', { say: stage({ say: 'echo "it is #{secrets.door}."' }) });
      await page.goto(`${url}/jobs/${id}-1-1`);
      await page.waitForSelector('.page-head .badge:has-text("Passed")');
      await page.waitForSelector('.log-row:has-text("it is ")');
      assert.ok(!(await page.content()).includes(value));

      await page.goto(`${url}/p/shop/settings/secrets`);
      await page.click('button[aria-label="Replace door"]');
      await page.getByLabel('Holds').selectOption('user_password');
      await page.getByLabel('User').fill('ada');
      await page.getByLabel('Password').fill('another-one');
      await page.click('button:has-text("Replace it")');
      await page.waitForSelector('tr:has-text("user and password")');
      await page.click('button[aria-label="Delete door"]');
      await page.click('button:has-text("Delete the secret")');
      await page.waitForSelector('.empty:has-text("Tokens, passwords and keys")');
      // Who did it is said, what it was is not.
      await page.goto(`${url}/admin/audit`);
      await page.waitForSelector('.audit-row:has-text("/api/projects/shop/secrets/door")');
      await page.goto(`${url}/admin/diagnostics`);
      await page.waitForSelector('text=one process on one machine');
      // Nowhere in what the server keeps.
      for (const entry of await readdir(join(home, 'data'), { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) assert.ok(!(await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0))).includes(value), `${entry.name} has the secret`);
      }
    }));

  it('a webhook: set up, told of a push, its key replaced, deleted', () =>
    open(async (page, { url }) => {
      await page.goto(`${url}/p/shop/settings/webhooks`);
      await page.click('a:has-text("Gitea")');
      await page.click('button:has-text("Set up the webhook")');
      const lines = page.locator('.dialog .copy-line code');
      await lines.first().waitFor();
      const [address = '', key = ''] = await lines.allTextContents();
      assert.ok(address.startsWith(`${url}/api/projects/`), address);
      await page.click('button:has-text("Done")');
      await page.waitForSelector('.empty:has-text("told nothing yet")');

      const push = JSON.stringify({
        ref: 'refs/heads/nobody-builds-this',
        before: '1'.repeat(40),
        after: '2'.repeat(40),
        commits: [{ id: '2'.repeat(40), message: 'Mend it', author: { name: 'Ada', email: 'ada@example.com' }, timestamp: '2026-11-22T20:00:00Z', added: [], modified: ['a.rs'], removed: [], url: 'https://gitea.example/acme/shop/commit/2' }],
        repository: { full_name: 'acme/shop', html_url: 'https://gitea.example/acme/shop', clone_url: 'https://gitea.example/acme/shop.git' },
        pusher: { username: 'ada', email: 'ada@example.com' },
      });
      const send = (secret: string, name: string) =>
        fetch(address, { method: 'POST', body: push, headers: { 'content-type': 'application/json', 'x-gitea-event': 'push', 'x-gitea-delivery': name, 'x-gitea-signature': createHmac('sha256', secret).update(push).digest('hex') } });
      assert.equal((await send('not the key', 'd-1')).status, 401);
      assert.equal((await send(key, 'd-2')).status, 202);
      await page.reload();
      await page.waitForSelector('.line-row:has-text("nobody-builds-this"):has-text("Started nothing")');
      await page.click('button:has-text("Started a flow")');
      await page.waitForSelector('text=No delivery is like that');
      assert.match(page.url(), /came=flow/);

      await page.click('button:has-text("New key")');
      await page.getByLabel('The key before is still good').selectOption('0');
      await page.click('button:has-text("Make another key")');
      await page.waitForSelector('.dialog .copy-line');
      assert.notEqual((await lines.allTextContents())[1], key);
      await page.click('button:has-text("Done")');
      assert.equal((await send(key, 'd-3')).status, 401);

      await page.click('.panel-head button:has-text("Delete")');
      await page.click('button:has-text("Delete the webhook")');
      await page.waitForSelector('button:has-text("Set up the webhook")');
    }));
});
