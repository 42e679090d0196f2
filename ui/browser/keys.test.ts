// Keys and buttons that do something: each is pressed, and what goes to the server is looked at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import { bodyOf, send } from './answers.ts';
import { stage } from './house.ts';
import { installation } from './installation.ts';
import { REAL, realInstallation } from './real-installation.ts';
import { agents, FLOW } from './world.ts';

const toast = (words: string) => `.toast:has-text("${words}")`;

describe('keys and actions', () => {
  const made = installation();
  const { open } = made;

  /** Answers every action, and tells which came. */
  function accepting(answer: unknown = {}): string[] {
    const done: string[] = [];
    made.instead = (request, response) => {
      if (request.method === 'GET') return false;
      const path = request.url?.replace('/api/', '') ?? '';
      void (request.headers['content-length'] ? bodyOf<unknown>(request).catch(() => undefined) : Promise.resolve(undefined)).then((body) => {
        done.push(`${request.method ?? ''} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
        send(response, { status: request.method === 'DELETE' ? 204 : 202, body: request.method === 'DELETE' ? undefined : answer });
      });
      return true;
    };
    return done;
  }
  const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  it('r reruns what failed of a flow, and a run and a job again', () =>
    open(async (page, url) => {
      const done = accepting({ jobs: [`${FLOW}-4-2`] });
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('button:has-text("Rerun failed (1)")');
      await page.keyboard.press('r');
      await page.waitForSelector(toast('1 failed job will run again'));

      await page.goto(`${url}/runs/${FLOW}-4`);
      await page.waitForSelector('button:has-text("Rerun failed (1)")');
      await page.keyboard.press('r');
      await page.waitForSelector(toast('1 failed job will run again'));
      await page.click('button:has-text("Rerun all")');
      await page.click('.dialog button:has-text("Rerun 4 jobs")');
      await page.waitForSelector(toast('4 jobs will run again'));

      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('button:has-text("Rerun")');
      await page.keyboard.press('r');
      await page.waitForURL(`${url}/jobs/${FLOW}-4-2`);
      const failed = `POST runs/${FLOW}-4/rerun {"jobs":"failed"}`;
      assert.deepEqual(done, [failed, failed, `POST runs/${FLOW}-4/rerun {"jobs":"all"}`, `POST jobs/${FLOW}-4-1/rerun`]);
    }));

  it('a run is cancelled once it was confirmed', () =>
    open(async (page, url) => {
      const done = accepting();
      await page.goto(`${url}/runs/${FLOW}-5`);
      await page.click('button:has-text("Cancel")');
      await page.waitForSelector('.dialog:has-text("Cancel system tests?")');
      await page.keyboard.press('Escape');
      await page.waitForSelector('.dialog', { state: 'detached' });
      assert.equal(done.length, 0);
      await page.click('button:has-text("Cancel")');
      await page.click('.dialog button:has-text("Cancel the run")');
      await page.waitForSelector(toast('system tests is being cancelled'));
      assert.deepEqual(done, [`POST runs/${FLOW}-5/cancel`]);
    }));

  it('j, k and Enter go through a table; g h, g q and g a to the pages', () =>
    open(async (page, url) => {
      await page.goto(`${url}/agents`);
      await page.waitForSelector('tr[data-row]');
      const here = () => page.evaluate(() => document.activeElement?.textContent);
      await page.keyboard.press('j');
      const first = await here();
      await page.keyboard.press('j');
      const second = await here();
      assert.notEqual(first, second);
      await page.keyboard.press('k');
      assert.equal(await here(), first);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/agents\/01m82agt/);
      for (const [keys, title] of [['gh', 'Home'], ['gq', 'Queue'], ['ga', 'Agents']] as const) {
        for (const key of keys) await page.keyboard.press(key);
        await page.waitForSelector(`h1:has-text("${title}")`);
      }
    }));

  it('t shows times in a log, y copies the link to what is selected, n and N go from match to match', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1#L2980-L2985`);
      await page.waitForSelector('.log-row.selected');
      for (const shown of [/^\d\d:\d\d:\d\d\.\d$/, /^\d+:\d\d\.\d$/]) {
        await page.keyboard.press('t');
        await page.locator('.log-row:not(.missing) .log-time', { hasText: shown }).first().waitFor();
      }
      await page.keyboard.press('t');
      await page.waitForSelector('.log-time', { state: 'hidden' });
      await page.keyboard.press('y');
      await page.waitForSelector(toast('The link to these lines is copied'));
      assert.equal(await copied(page), `${url}/jobs/${FLOW}-4-1#L2980-L2985`);
      await page.keyboard.press('/');
      await page.keyboard.type('::endgroup::');
      await page.waitForSelector('.log-count:has-text("3 matches")');
      await page.keyboard.press('Escape');
      await page.keyboard.press('n');
      await page.waitForSelector('.log-count:has-text("1 of 3")');
      await page.keyboard.press('N');
      await page.waitForSelector('.log-count:has-text("3 of 3")');
    }));

  it('copy buttons copy what they name', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}?tab=data`);
      await page.waitForSelector('[aria-label="Copy data"]');
      await page.keyboard.press('y');
      await page.waitForSelector(toast('The link to this flow is copied'));
      assert.equal(await copied(page), `${url}/flows/${FLOW}`);
      await page.click('[aria-label="Copy data"]');
      await page.waitForSelector('[role=status]:has-text("data copied")');
      assert.match(await copied(page), /"debian-12"/);
      await page.click('[aria-label="Copy a link to this flow"]');
      await page.waitForFunction(async (link) => (await navigator.clipboard.readText()) === link, `${url}/flows/${FLOW}`);
    }));

  it('without HTTPS the old way copies; where nothing does, the text is selected, with what to press', () =>
    open(async (page, url) => {
      await page.addInitScript(() => {
        Object.assign(window, { clipboardBefore: navigator.clipboard });
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
      });
      const before = () => page.evaluate(() => (window as unknown as { clipboardBefore: Clipboard }).clipboardBefore.readText());
      await page.goto(`${url}/design`);
      await page.click('[aria-label="Copy command"]');
      await page.waitForSelector('[role=status]:has-text("command copied")');
      assert.equal(await before(), 'kraken-agent run --server https://ci.example');

      await page.evaluate(() => {
        document.execCommand = () => false; // eslint-disable-line @typescript-eslint/no-deprecated -- as a browser that refuses
      });
      await page.click('[aria-label="Copy command"]');
      await page.waitForSelector('.by-hand:has-text("press Ctrl C")');
      assert.equal(await page.evaluate(() => getSelection()?.toString()), 'kraken-agent run --server https://ci.example');

      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.graph-node');
      await page.evaluate(() => {
        document.execCommand = () => false; // eslint-disable-line @typescript-eslint/no-deprecated -- as a browser that refuses
      });
      await page.keyboard.press('y');
      await page.waitForSelector(`.toast .by-hand:has-text("press Ctrl C")`);
      assert.equal(await page.inputValue('.toast .by-hand input'), `${url}/flows/${FLOW}`);
      assert.equal(await page.evaluate(() => (document.activeElement as HTMLInputElement).selectionEnd), `${url}/flows/${FLOW}`.length);
    }));

  it('agents are let in, drained, disabled, enabled and deleted', () =>
    open(async (page, url) => {
      const done = accepting();
      const agent = (state: string) => agents.find((item) => item.state === state)!;
      for (const [state, button, said, path] of [
        ['discovered', 'Let it in', 'may take jobs now', 'authorise'],
        ['busy', 'Drain', 'finishes its job and takes no other', 'disable'],
        ['idle', 'Disable', 'takes no jobs', 'disable'],
        ['disabled', 'Enable', 'takes jobs again', 'enable'],
      ] as const) {
        const { id, name } = agent(state);
        await page.goto(`${url}/agents/${id}`);
        await page.click(`button:has-text("${button}")`);
        await page.waitForSelector(toast(`${name} ${said}`));
        assert.equal(done.pop(), `POST agents/${id}/${path}`);
      }
      const { id, name } = agent('idle');
      await page.goto(`${url}/agents/${id}`);
      await page.click('button:has-text("Delete")');
      await page.waitForSelector(`.dialog:has-text("Delete agent ${name}?")`);
      assert.equal(done.length, 0);
      await page.click('.dialog button:has-text("Delete the agent")');
      await page.waitForURL(`${url}/agents`);
      assert.deepEqual(done, [`DELETE agents/${id}`]);
      await page.click(`.banner:has-text("${agent('discovered').name}") button:has-text("Let it in")`);
      await page.waitForSelector(toast('may take jobs now'));
      assert.equal(done.at(-1), `POST agents/${agent('discovered').id}/authorise`);
    }));
});

describe('actions on a real server', REAL, () => {
  const { open, flow } = realInstallation();

  it('rerun failed, rerun all, cancel a run', () =>
    open(async (page, { url }) => {
      const { id } = await flow('again', { unit: stage({ good: 'true', bad: 'exit 3' }) });
      await page.goto(`${url}/runs/${id}-1`);
      await page.waitForSelector('.page-head .badge:has-text("Failed")');
      await page.click('button:has-text("Rerun failed (1)")');
      await page.waitForSelector('table[aria-rowcount="4"]');
      await page.waitForSelector('button:has-text("Rerun failed (1)")');
      await page.click('button:has-text("Rerun all")');
      await page.click('.dialog button:has-text("Rerun")');
      await page.waitForSelector('table[aria-rowcount="6"]');
      await page.waitForSelector('.page-head .badge:has-text("Failed")');

      const long = await flow('long', { unit: stage({ sleeps: 'sleep 600' }) });
      await page.goto(`${url}/runs/${long.id}-1`);
      await page.waitForSelector('.page-head .badge:has-text("Running")');
      await page.click('button:has-text("Cancel")');
      await page.click('.dialog button:has-text("Cancel the run")');
      await page.waitForSelector('table[aria-label="Jobs"] .badge:has-text("Cancelled")');
      await page.waitForSelector('button:has-text("Rerun failed (1)")');
    }));

  it('an agent is drained, enabled and deleted', () =>
    open(async (page, { url, api }) => {
      const { id } = await flow('held', { unit: stage({ holds: 'sleep 600' }) });
      await page.goto(`${url}/jobs/${id}-1-1`);
      await page.waitForSelector('.page-head .badge:has-text("Running")');
      await page.click('.facts a[href^="/agents/"]');
      await page.click('button:has-text("Drain")');
      await page.waitForSelector('.page-head .badge:has-text("Draining")');
      await api('POST', `/api/flows/${id}/cancel`);
      await page.waitForSelector('.page-head .badge:has-text("Disabled")', { timeout: 40_000 });
      await page.click('button:has-text("Enable")');
      await page.waitForSelector('.page-head .badge:has-text("Idle")');
      await page.click('button:has-text("Delete")');
      await page.click('.dialog button:has-text("Delete the agent")');
      await page.waitForURL(`${url}/agents`);
      await page.waitForSelector('.empty:has-text("They will be here")');
    }));
});
