// Flows: what people do from the form that starts one to the data it leaves; with the made-up installation, and with a real server.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';

import type { Page } from 'playwright-core';

import { fixtures, TOKEN } from './api.ts';
import { house, type House, programs } from './house.ts';
import { openBrowser, type Opened, watchedPage } from './open.ts';
import { type Handler, serve, type Served } from './serve.ts';
import { AWKWARD, FLOW, STRIPPED, VERSIONLESS } from './world.ts';

interface Made {
  id: string;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}

describe('flows', () => {
  let [server, browser]: [Served | undefined, Opened | undefined] = [undefined, undefined];
  /** What the API answers before all else; `true`: it did. */
  let instead: ((...args: Parameters<Handler>) => boolean) | undefined;

  before(async () => {
    server = await serve((request, response) => (instead?.(request, response) ? undefined : fixtures(request, response)));
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(work: (page: Page, url: string) => Promise<void>, answer?: typeof instead): Promise<void> {
    assert.ok(browser && server);
    instead = answer;
    const { page } = await watchedPage(browser.context, TOKEN);
    page.setDefaultTimeout(20_000);
    try {
      await work(page, server.url);
    } finally {
      await page.close();
    }
  }

  it('the form of a new flow sends what differs from the defaults, and leads to the flow', async () => {
    let sent: unknown;
    await open(
      async (page, url) => {
        await page.goto(`${url}/p/kraken/b/main/run?args=%7B%22WHERE%22%3A%22nowhere%22%7D`);
        await page.waitForSelector('.field-wrong:has-text("is none of the choices")');
        assert.equal(await page.getAttribute('button:has-text("Start flow")', 'aria-disabled'), 'true');
        await page.selectOption('select >> nth=0', 'far');
        await page.fill('label:has-text("Repository branch") + input', 'fix/it');
        await page.click('button:has-text("Dev")');
        await page.click('button:has-text("Add argument")');
        await page.fill('input[placeholder=name]', 'MORE');
        await page.fill('input[placeholder=value]', AWKWARD.html);
        await page.click('button:has-text("Start flow")');
        await page.waitForURL(`${url}/flows/${FLOW}`);
      },
      (request, response) => {
        if (request.method !== 'POST' || !/\/branches\/[^/]+\/flows$/.test(request.url ?? '')) return false;
        void bodyOf(request).then((body) => {
          sent = body;
          return fixtures(request, response);
        });
        return true;
      },
    );
    assert.deepEqual(sent, { kind: 'dev', branch_name: 'fix/it', args: { WHERE: 'far', MORE: AWKWARD.html } });
  });

  it('data that somebody changed meanwhile: both versions, and the choice', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}?tab=data`);
      await page.click('button:has-text("Edit")');
      await page.fill('textarea', '{ "mine": ');
      await page.waitForSelector('.field-wrong');
      await page.fill('textarea', '{ "mine": true }');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.conflict .versions:has-text("debian-12"):has-text("mine")');
      await page.click('button:has-text("Go on with mine")');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.conflict');
    }));

  it('data that this page would round, or that have no version, are shown as they are, and not changed', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${STRIPPED}?tab=data`);
      await page.waitForSelector('.json:has-text("9007199254740993,")');
      await page.waitForSelector('text=a whole number that this page would round');
      assert.equal(await page.getAttribute('button:has-text("Edit")', 'aria-disabled'), 'true');
      await page.goto(`${url}/flows/${VERSIONLESS}?tab=data`);
      await page.waitForSelector('text=named no version of the data');
      assert.equal(await page.getAttribute('button:has-text("Edit")', 'aria-disabled'), 'true');
    }));

  it('a link to a step goes to its first line, and the step folds', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row:not(.missing)');
      await page.click('.steps a:has-text("pytest")');
      await page.waitForSelector('.log-row.selected[data-line="40"]');
      assert.ok(page.url().endsWith('#L41'));
      await page.keyboard.press('[');
      await page.click('.log-step:has-text("check out")');
      await page.waitForSelector('.log-row[data-line="0"] + .log-row[data-line="12"]');
    }));

  it('a queue of 500: a group is chosen, and the filter counts', () =>
    open(async (page, url) => {
      await page.goto(`${url}/queue`);
      await page.waitForSelector('table[aria-rowcount="201"]');
      await page.click('.capacity-row >> nth=0');
      await page.waitForURL(/group=all/);
      await page.waitForSelector('.capacity-row[aria-pressed=true]');
      await page.getByLabel('Filter jobs').fill('case 11');
      await page.waitForSelector('[role=status]:has-text(" of 200")');
      await page.click('.capacity-row >> nth=0');
      await page.waitForURL((address) => !address.searchParams.has('group'));
    }));
});

/** A stage that asks for something, and what its one job does with it. */
const ASKING = `def stage(ctx):
    return {
        "parent": "root",
        "parameters": [{"name": "WHERE", "type": "string", "default": "near", "description": "Where to run it", "choices": ["near", "far"]}],
        "jobs": [{"name": "go", "steps": [{"tool": "shell", "name": "tell", "cmd": "echo it runs #{args.WHERE}"}], "environments": [{"system": "any", "agents_group": "rigs"}]}],
    }
`;

describe('flows of a real server', { skip: programs === undefined ? 'no programs: run make release' : false }, () => {
  let [kraken, browser]: [House | undefined, Opened | undefined] = [undefined, undefined];
  let branch: Made | undefined;

  before(async () => {
    kraken = await house();
    browser = await openBrowser();
    await kraken.api('POST', '/api/projects', { name: 'shop' });
    await kraken.api('POST', '/api/groups', { name: 'rigs', description: '' });
    branch = await kraken.api<Made>('POST', '/api/projects/shop/branches', { name: 'main' });
    await kraken.api('POST', `/api/branches/${branch.id}/stages`, { name: 'try', code: ASKING });
  });
  after(async () => {
    await browser?.close();
    await kraken?.close();
  });

  it('a flow is started with what its stage asks for, waits in the queue, and its data is kept', async () => {
    assert.ok(browser && kraken && branch);
    const { page, wrong } = await watchedPage(browser.context, kraken.token);
    page.setDefaultTimeout(20_000);
    try {
      await page.goto(`${kraken.url}/p/shop/b/main/run`);
      await page.selectOption('select', 'far');
      await page.click('button:has-text("Start flow")');
      await page.waitForURL(/\/flows\/[0-9a-z]{26}$/);
      const flow = page.url().split('/').at(-1) ?? '';
      await page.waitForSelector('.graph-node:has-text("try")');
      const { args } = await kraken.api<{ args: object }>('GET', `/api/flows/${flow}`);
      assert.deepEqual(args, { WHERE: 'far' });

      // The group has no agents: it stands in the queue, with the reason.
      await page.goto(`${kraken.url}/queue`);
      await page.waitForSelector('.table a:has-text("try / go")');
      await page.waitForSelector('.capacity-row:has-text("1 waiting")');
      await page.goto(kraken.url);
      await page.waitForSelector('.line-row:has-text("shop / main"):has-text("try")');

      await page.goto(`${kraken.url}/flows/${flow}?tab=data`);
      await page.click('button:has-text("Edit")');
      await page.fill('textarea', '{"kept": [1, 2]}');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.json:has-text("kept")');
      assert.deepEqual(await kraken.api('GET', `/api/flows/${flow}/data`), { kept: [1, 2] });

      await page.goto(`${kraken.url}/flows/${flow}?tab=changes`);
      await page.waitForSelector('text=was started without a change');
      assert.deepEqual(wrong, []);
    } finally {
      await page.close();
    }
  });
});
