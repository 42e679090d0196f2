// What goes wrong around the settings of a branch: somebody who may only look, somebody who saved first, a server that refuses.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import type { Me } from '../src/api/generated/types.gen.ts';
import { fixtures, TOKEN } from './api.ts';
import { openBrowser, type Opened, watchedPage } from './open.ts';
import { type Handler, serve, type Served } from './serve.ts';

const SETTINGS = '/p/kraken/b/main/settings';
const VIEWER: Me = { token: 'tok', name: 'Vera', grants: [{ role: 'viewer', project: null }], expires_at: null };

describe('settings in trouble', () => {
  let [server, browser]: [Served | undefined, Opened | undefined] = [undefined, undefined];
  /** What the API does before it answers; `true`: it does not answer as usual. */
  let instead: ((...args: Parameters<Handler>) => boolean) | undefined;

  before(async () => {
    server = await serve((request, response) => (instead?.(request, response) ? undefined : fixtures(request, response)));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function on(tab: string, work: (page: Page) => Promise<void>): Promise<void> {
    assert.ok(browser && server);
    const { page } = await watchedPage(browser.context, TOKEN);
    page.setDefaultTimeout(20_000);
    try {
      await page.goto(`${server.url}${SETTINGS}/${tab}`);
      await work(page);
    } finally {
      instead = undefined;
      await page.close();
    }
  }

  it('somebody who may only look: everything is shown, and each action says which role it needs', async () => {
    const asViewer = (...[request, response]: Parameters<Handler>): boolean => {
      if (request.url !== '/api/me') return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(VIEWER));
      return true;
    };
    const actions: [tab: string, action: string][] = [
      ['env', 'Add variable'],
      ['sequences', 'Set numbers'],
      ['retention', 'Save'],
      ['badges', 'Open to everyone'],
      ['branch', 'Archive…'],
      ['secrets', 'New secret'],
      ['stages?stage=01m82stg000000000000000005', 'Refresh now'],
    ];
    for (const [tab, action] of actions) {
      instead = asViewer;
      await on(tab, async (page) => {
        await page.waitForSelector(`button[aria-disabled]:has-text("${action}")[aria-description*="it needs the role"]`);
      });
    }
    instead = asViewer;
    await on('access', async (page) => {
      await page.waitForSelector('.empty:has-text("it needs the role admin over the whole system")');
    });
  });

  it('retention: keeping less is confirmed in words; when somebody was first, both versions are shown', () =>
    on('retention', async (page) => {
      const days = page.getByLabel('Days after it completed').first();
      await days.fill('0');
      await page.waitForSelector('.field-wrong:has-text("a whole number from 1")');
      await days.fill('7');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.dialog:has-text("CI flows are deleted 7 days after they completed, except the newest 100.")');
      await page.click('.dialog button:has-text("Keep less")');
      await page.waitForSelector('.conflict pre:has-text("CI flows are deleted 730 days")');
      await page.waitForSelector('.conflict pre:has-text("CI flows are deleted 7 days")');
      await page.click('button:has-text("Take theirs")');
      assert.equal(await days.inputValue(), '730');
    }));

  it('a source that cannot be read: the server’s reason in the dialog, which stays as it was filled in', () =>
    on('stages', async (page) => {
      await page.click('button:has-text("From a repository…")');
      await page.getByRole('textbox', { name: 'Repository' }).fill('https://git.example/away.git');
      await page.getByRole('textbox', { name: 'File' }).fill('none.star');
      instead = (request, response) => {
        if (request.method !== 'PUT') return false;
        const detail = 'there is no file "none.star" on branch "main"';
        response.writeHead(422, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ type: '/problems/invalid', title: 'Invalid', status: 422, detail, request_id: '9ea42de890405bf7', errors: [{ path: '/source/file', message: detail }] }));
        return true;
      };
      await page.click('button:has-text("Read the file and use it")');
      await page.waitForSelector('.dialog .field-wrong:has-text("there is no file")');
      assert.equal(await page.getByRole('textbox', { name: 'File' }).inputValue(), 'none.star');
    }));

  it('a server that does not name its tools: said in the dialog, the editor stays', () =>
    on('stages', async (page) => {
      instead = (request, response) => {
        if (request.url !== '/api/tools') return false;
        response.writeHead(503, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ type: '/problems/unavailable', title: 'Unavailable', status: 503, detail: 'try again', request_id: '9ea42de890405bf7' }));
        return true;
      };
      await page.click('button:has-text("Step…")');
      await page.waitForSelector('.dialog .problem:has-text("9ea42de890405bf7")');
      instead = undefined;
      await page.click('.dialog button:has-text("Try again")');
      await page.waitForSelector('.dialog .snippet:has-text("shell")');
    }));
});
