// Flows: what people do from the form that starts one to the data it leaves; with the made-up installation, and with a real server.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { installation } from './installation.ts';
import { REAL, realInstallation } from './real-installation.ts';
import { AWKWARD, FLOW, STRIPPED, VERSIONLESS } from './world.ts';

describe('flows', () => {
  const { open } = installation();

  it('the form of a new flow sends what differs from the defaults, and leads to the flow', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/run?args=%7B%22WHERE%22%3A%22nowhere%22%7D`);
      await page.waitForSelector('.field-wrong:has-text("is none of the choices")');
      assert.equal(await page.getAttribute('button:has-text("Start flow")', 'aria-disabled'), 'true');
      await page.selectOption('select >> nth=0', 'far');
      await page.fill('label:has-text("Repository branch") + input', 'fix/it');
      await page.click('button:has-text("Dev")');
      await page.click('button:has-text("Add argument")');
      await page.fill('input[placeholder=name]', 'MORE');
      await page.fill('input[placeholder=value]', AWKWARD.html);
      const starts = page.waitForRequest((request) => request.method() === 'POST' && /\/branches\/[^/]+\/flows$/.test(request.url()));
      const [asked] = await Promise.all([starts, page.click('button:has-text("Start flow")')]);
      assert.deepEqual(asked.postDataJSON(), { kind: 'dev', branch_name: 'fix/it', args: { WHERE: 'far', MORE: AWKWARD.html } });
      await page.waitForURL(`${url}/flows/${FLOW}`);
    }));

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

describe('flows of a real server', REAL, () => {
  // The group has no agents.
  const { open, branch } = realInstallation((server) => server.api('POST', '/api/groups', { name: 'rigs', description: '' }));

  it('a flow is started with what its stage asks for, waits in the queue, and its data is kept', () =>
    open(async (page, { url, api }) => {
      await branch('main', { try: ASKING });
      await page.goto(`${url}/p/shop/b/main/run`);
      await page.selectOption('select', 'far');
      await page.click('button:has-text("Start flow")');
      await page.waitForURL(/\/flows\/[0-9a-z]{26}$/);
      const flow = page.url().split('/').at(-1) ?? '';
      await page.waitForSelector('.graph-node:has-text("try")');
      const { args } = await api<{ args: object }>('GET', `/api/flows/${flow}`);
      assert.deepEqual(args, { WHERE: 'far' });

      // It stands in the queue, with the reason.
      await page.goto(`${url}/queue`);
      await page.waitForSelector('.table a:has-text("try / go")');
      await page.waitForSelector('.capacity-row:has-text("1 waiting")');
      await page.goto(url);
      await page.waitForSelector('.line-row:has-text("shop / main"):has-text("try")');

      await page.goto(`${url}/flows/${flow}?tab=data`);
      await page.click('button:has-text("Edit")');
      await page.fill('textarea', '{"kept": [1, 2]}');
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.json:has-text("kept")');
      assert.deepEqual(await api('GET', `/api/flows/${flow}/data`), { kept: [1, 2] });

      await page.goto(`${url}/flows/${flow}?tab=changes`);
      await page.waitForSelector('text=was started without a change');
    }));
});
