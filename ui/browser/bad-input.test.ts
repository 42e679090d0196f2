// What the world does to the app: slow answers, wrong clocks, full storage, pages that may not be read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import { problem, send } from './answers.ts';
import { fixtures, TOKEN } from './api.ts';
import { installation } from './installation.ts';
import { FLOW, LARGE_RUN, NOW } from './world.ts';

const SLOW_MS = 5000;
const SKEW_MS = 600_000;

describe('bad input', () => {
  const made = installation();
  const { open } = made;

  it('a server that takes five seconds: the layout comes first, the page later, and what was read stays', () =>
    open(async (page, url) => {
      let slow = true;
      made.instead = (request, response) => {
        if (!slow) return false;
        setTimeout(() => void fixtures(request, response), SLOW_MS);
        return true;
      };
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.skeleton');
      await page.waitForSelector('.graph-node');
      // The next page is as slow, and the way back is not.
      await page.click('.graph-node a, a.graph-node');
      await page.waitForSelector('.skeleton');
      await page.waitForSelector('table[aria-label="Jobs"]');
      await page.goBack();
      await page.waitForSelector('.graph-node', { timeout: SLOW_MS / 2 });
      slow = false;
    }));

  for (const [name, by] of [['ten minutes fast', SKEW_MS], ['ten minutes slow', -SKEW_MS]] as const) {
    it(`a clock that is ${name}: spans count by the server's`, () =>
      open(async (page, url) => {
        await page.clock.install({ time: NOW + by });
        await page.goto(`${url}/flows/${FLOW}`);
        const facts = page.locator('.page-head .facts');
        await facts.filter({ hasText: /So far\s*19 m/ }).waitFor();
        await facts.filter({ hasText: /Started\s*19 min ago/ }).waitFor();
        await page.clock.fastForward(60_000);
        await facts.filter({ hasText: /So far\s*(19|20) m/ }).waitFor();
        await page.goto(`${url}/queue`);
        await page.locator('tr', { hasText: 'case 0' }).filter({ hasText: /1 h 06 m/ }).first().waitFor();
      }));
  }

  it('a browser whose storage is full: everything works, for this tab', () =>
    open(
      async (page, url, wrong) => {
        await page.addInitScript(() => {
          localStorage.clear();
          Storage.prototype.setItem = () => {
            throw new DOMException('the quota has been exceeded', 'QuotaExceededError');
          };
        });
        await page.goto(url);
        await page.fill('input[type=password]', TOKEN);
        await page.click('button:has-text("Sign in")');
        await page.waitForSelector('h1:has-text("Home")');
        await page.click('[aria-label="Theme and account"]');
        await page.click('[role^=menuitem]:has-text("Dark")');
        await page.waitForFunction(() => getComputedStyle(document.documentElement).colorScheme === 'dark');
        await page.keyboard.press('Control+k');
        await page.waitForSelector('.palette-input');
        await page.keyboard.type(`${FLOW}-4-1`);
        await page.keyboard.press('Enter');
        await page.waitForSelector('.log-row');
        await page.keyboard.press('w');
        await page.waitForSelector('.log-scroll.wraps');
        assert.deepEqual(wrong, []);
      },
      { token: '' },
    ));

  const refusedAt: [page: string, calls: RegExp][] = [
    [`/flows/${FLOW}`, /^\/api\/flows\//],
    [`/runs/${LARGE_RUN}`, /^\/api\/runs\//],
    [`/jobs/${FLOW}-4-1`, /^\/api\/jobs\//],
    ['/p/kraken', /^\/api\/projects\//],
    ['/p/kraken/b/main', /^\/api\/projects\/kraken\/branches\//],
    ['/p/kraken/b/main/settings/stages', /^\/api\/(projects\/kraken\/branches|branches)\//],
    ['/agents', /^\/api\/agents/],
    ['/queue', /^\/api\/queue/],
  ];
  for (const [address, calls] of refusedAt) {
    it(`a page that may not be read says so, with the role and the request: ${address.split('/')[1] ?? ''} ${address.split('/').length}`, () =>
      open(async (page, url) => {
        made.instead = (request, response) => {
          if (!calls.test(new URL(request.url ?? '/', 'http://x').pathname)) return false;
          send(response, problem(403, 'forbidden', 'Not allowed', 'this needs the role viewer in project 01m82prj'));
          return true;
        };
        await page.goto(url + address);
        await refusal(page);
        // The way out is there.
        await page.click('nav a:has-text("Home")');
        await page.waitForSelector('h1:has-text("Home")');
      }));
  }
});

async function refusal(page: Page): Promise<void> {
  await page.waitForSelector('.problem:has-text("this needs the role viewer"):has-text("9ea42de890405bf7")');
  assert.equal(await page.locator('h1').count(), 1);
}
