// What goes wrong around the settings of a branch: somebody who may only look, somebody who saved first, a server that refuses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import { problem } from './answers.ts';
import { answering, asViewer, installation, type Instead } from './installation.ts';

const SETTINGS = '/p/kraken/b/main/settings';

describe('settings in trouble', () => {
  const made = installation();

  const on = (tab: string, work: (page: Page) => Promise<void>, instead?: Instead) =>
    made.open(
      async (page, url) => {
        await page.goto(`${url}${SETTINGS}/${tab}`);
        await work(page);
      },
      { instead },
    );

  it('somebody who may only look: everything is shown, and each action says which role it needs', async () => {
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
      await on(tab, async (page) => {
        await page.waitForSelector(`button[aria-disabled]:has-text("${action}")[aria-description*="it needs the role"]`);
      }, asViewer);
    }
    await on('access', async (page) => {
      await page.waitForSelector('.empty:has-text("it needs the role admin over the whole system")');
    }, asViewer);
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
      const detail = 'there is no file "none.star" on branch "main"';
      made.instead = answering((request) => request.method === 'PUT', problem(422, 'invalid', 'Invalid', detail, [{ path: '/source/file', message: detail }]));
      await page.click('button:has-text("Read the file and use it")');
      await page.waitForSelector('.dialog .field-wrong:has-text("there is no file")');
      assert.equal(await page.getByRole('textbox', { name: 'File' }).inputValue(), 'none.star');
    }));

  it('a server that does not name its tools: said in the dialog, the editor stays', () =>
    on('stages', async (page) => {
      made.instead = answering('/api/tools', problem(503, 'unavailable', 'Unavailable', 'try again'));
      await page.click('button:has-text("Step…")');
      await page.waitForSelector('.dialog .problem:has-text("9ea42de890405bf7")');
      made.instead = undefined;
      await page.click('.dialog button:has-text("Try again")');
      await page.waitForSelector('.dialog .snippet:has-text("shell")');
    }));
});
