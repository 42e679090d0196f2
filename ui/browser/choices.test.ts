// What people choose and find: branches of their own, siblings, places by name, what stands in the address, reports.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Given, problem } from './answers.ts';
import { answering, installation } from './installation.ts';
import { NARROW } from './open.ts';
import { FLOW } from './world.ts';

const RIGHT = '01m82stg000000000000000003';

describe('choices', () => {
  const made = installation();
  const { open } = made;

  it('a branch with a star: first on home, offered by Run, kept by the browser', () =>
    open(async (page, url) => {
      await page.goto(url);
      await page.waitForSelector('.strip-bar');
      assert.equal(await page.isVisible('h2:has-text("My branches")'), false);
      await page.click('[aria-label="Make release/1.4 one of my branches"]');
      await page.waitForSelector('.panel:has(h2:has-text("My branches")) a:has-text("release/1.4")');
      await page.reload();
      await page.waitForSelector('.panel:has(h2:has-text("My branches")) a:has-text("release/1.4")');
      await page.click('button[aria-label="Run a flow"]');
      await page.click('.menu-item:has-text("kraken / release/1.4")');
      await page.waitForSelector('h1:has-text("Start a flow of release/1.4")');
      // The branch at hand comes first.
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.graph-node');
      await page.click('button[aria-label="Run a flow"]');
      await page.waitForSelector('.menu-item >> nth=0 >> text=kraken / main');
      await page.keyboard.press('Escape');
      await page.goto(url);
      await page.click('[aria-label="release/1.4 is one of my branches"]');
      await page.waitForSelector('h2:has-text("My branches")', { state: 'detached' });
    }));

  it('a search finds branches, flows and agents by name, and lines of logs', () =>
    open(async (page, url) => {
      await page.goto(`${url}/search?q=rig-0`);
      await page.waitForSelector('.place:has-text("rig-03")');
      await page.waitForSelector('.found-line');
      await page.fill('input[type=search]', 'release');
      await page.click('.place:has-text("kraken / release/1.4")');
      await page.waitForSelector('h1:has-text("release/1.4")');
      await page.goto(`${url}/search?q=${FLOW}-4-1`);
      await page.click('.place:has-text("job")');
      await page.waitForSelector('h1:has-text("case 0")');
    }));

  it('from a job to the next one, from a run to another, and to an agent beside', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('h1:has-text("case 0")');
      await page.click('button[aria-label="Switch job"]');
      await page.click('.menu-item:has-text("case 1")');
      await page.waitForSelector('h1:has-text("case 1")');
      await page.click('button[aria-label="Switch run"]');
      await page.click('.menu-item:has-text("tarball")');
      await page.waitForSelector('h1:has-text("tarball")');
      await page.goto(`${url}/agents/01m82agt000000000000000010`);
      await page.click('.crumbs button[aria-label="Switch agent"]');
      await page.click('.menu-item:has-text("rig-11")');
      await page.waitForSelector('h1:has-text("rig-11")');
      await page.click('.crumbs a:has-text("Agents")');
      await page.waitForSelector('h1:has-text("Agents")');
      await page.goto(`${url}/admin/audit`);
      await page.waitForSelector('.crumbs a:has-text("Administration")');
    }));

  it('how artifacts are sorted is in the address', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}?tab=artifacts&sort=-size`);
      await page.waitForSelector('th[aria-sort=descending]:has-text("Size")');
      await page.waitForSelector('tr[data-row="0"]:has-text("part-11")');
      await page.click('button.sort:has-text("File")');
      await page.waitForURL(/sort=path/);
      await page.goto(`${url}/runs/${FLOW}-4?tab=artifacts`);
      await page.click('button.sort:has-text("Size")');
      await page.waitForURL(/sort=size/);
    }));

  it('a report opens beside the application, at the address that the server gives', () =>
    open(async (page, url) => {
      const asked: string[] = [];
      made.instead = answering(
        (request) => request.url?.includes('/artifacts/reports/part-5/report.xml?') === true,
        (request): Given => {
          asked.push(request.url ?? '');
          return { body: { url: `${url}/mark.svg`, expires: new Date(0).toISOString() } };
        },
      );
      await page.goto(`${url}/runs/${FLOW}-4?tab=reports`);
      await page.waitForSelector('table[aria-label="Reports"][aria-rowcount="3"]');
      const [beside] = await Promise.all([page.waitForEvent('popup'), page.click('[aria-label="Open reports/part-5/report.xml"]')]);
      await beside.waitForURL(`${url}/mark.svg`);
      assert.match(asked[0] ?? '', /address=true&open=true/);
      await beside.close();
      await page.goto(`${url}/flows/${FLOW}?tab=reports`);
      await page.waitForSelector('table[aria-label="Reports"]');
    }));

  it('the head of a flow says how long it usually takes and what its jobs waited; that of a job, too', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.facts:has-text("Usually")');
      await page.waitForSelector('.facts:has-text("in all")');
      await page.goto(`${url}/runs/${FLOW}-4`);
      await page.waitForSelector('.facts div:has-text("Usually") >> text=8 m 26 s');
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.facts div:has-text("Usually") >> text=3 m 04 s');
    }));

  it('on a phone the tabs of a page are scrolled to, the chosen one is in sight', () =>
    open(async (page, url) => {
      await page.setViewportSize(NARROW);
      await page.goto(`${url}/flows/${FLOW}?tab=data`);
      await page.waitForSelector('.json');
      const inSight = (tab: string) => page.locator(`.tab:has-text("${tab}")`).evaluate((link) => link.getBoundingClientRect().left >= 0 && link.getBoundingClientRect().right <= window.innerWidth);
      assert.deepEqual([await inSight('Data'), await inSight('Overview')], [true, false]);
      await page.hover('.tabs');
      await page.mouse.wheel(-600, 0);
      await page.waitForFunction(() => (document.querySelector('.tab')?.getBoundingClientRect().left ?? -1) >= 0);
      await page.click('.tab:has-text("Overview")');
      await page.waitForSelector('.graph-node');
    }));

  it('a branch of many stages: when flows began and how long they took are in sight', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main`);
      await page.waitForSelector('.cell');
      for (const title of ['Took', 'Started']) {
        const box = await page.locator(`th:has-text("${title}")`).boundingBox();
        assert.ok(box && box.x + box.width <= 1440, title);
      }
    }));

  it('on a phone the queue says whole why a job waits', () =>
    open(async (page, url) => {
      await page.setViewportSize(NARROW);
      await page.goto(`${url}/queue`);
      const reason = page.locator('.beneath:has-text("rig-08 is busy)")').first();
      await reason.waitFor();
      const cut = await reason.evaluate((text) => text.scrollHeight > text.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1);
      assert.equal(cut, false);
      // Rows are higher here, and the last one is found where it should be.
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      await page.waitForSelector('tr[data-row="199"]');
    }));

  it('an agent of very many jobs: its day is read page by page; what is left out is said', () =>
    open(async (page, url) => {
      let pages = 0;
      made.instead = answering(
        (request) => request.url?.includes('/jobs?') === true && request.url.startsWith('/api/agents/'),
        (): Given => {
          pages += 1;
          const began = Date.now() - pages * 60_000;
          const one = (index: number) => ({ id: `${FLOW}-5-${pages}${index}`, run: `${FLOW}-5`, flow: FLOW, name: `case ${index}`, system: 'any', executor: 'local', agents_group: 'all', config: 'default', state: 'completed', outcome: 'ok', stopping: false, created_at: new Date(began).toISOString(), started_at: new Date(began).toISOString(), completed_at: new Date(began + 100).toISOString(), timeout_s: 60, timeout_reason: '', assignments: 1 });
          return { body: { items: Array.from({ length: 200 }, (_, index) => one(index)), next: String(pages) } };
        },
      );
      await page.goto(`${url}/agents/01m82agt000000000000000010`);
      await page.waitForSelector('figcaption:has-text("busy for at least")');
      assert.equal(pages, 10);
    }));
});

describe('what is edited', () => {
  const made = installation();
  const { open } = made;

  it('leaving with unsaved edits asks; staying keeps them, saving asks nothing', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/settings/stages?stage=${RIGHT}`);
      await page.click('.cm-content');
      await page.keyboard.insertText('# mine\n');
      await page.click('.tab:has-text("Triggers")');
      await page.click('.dialog:has-text("unit tests") button:has-text("Keep as it is")');
      await page.waitForSelector('.cm-content:has-text("# mine")');
      assert.match(page.url(), /settings\/stages/);
      // Closing the tab asks, too.
      page.once('dialog', (dialog) => void dialog.dismiss());
      await page.close({ runBeforeUnload: true });
      await page.waitForSelector('.cm-content:has-text("# mine")');
      await page.click('.tab:has-text("Triggers")');
      await page.click('button:has-text("Leave, and lose it")');
      await page.waitForURL(/settings\/triggers/);
    }));

  it('variables, too', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/settings/env`);
      await page.fill('[aria-label="Value of LEVEL"], .variable textarea >> nth=0', 'another');
      await page.click('.brand');
      await page.waitForSelector('.dialog:has-text("Leave without saving?")');
      await page.click('button:has-text("Leave, and lose it")');
      await page.waitForSelector('h1:has-text("Home")');
    }));

  it('a step of the code is changed in the form', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/settings/stages?stage=new`);
      const code = '{"parent": "root", "jobs": [{"steps": [{"tool": "shell", "cmd": "make all", "name": "first"}]}]}';
      await page.click('.cm-content');
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(code);
      await page.keyboard.press('Control+Home');
      await page.click('button:has-text("Change step…")');
      await page.waitForSelector('.toast:has-text("Put the cursor into a step")');
      await page.click('.cm-content');
      await page.keyboard.press('Control+Home');
      for (let right = 0; right < code.indexOf('make'); right += 1) await page.keyboard.press('ArrowRight');
      await page.click('button:has-text("Change step…")');
      const field = page.locator('.dialog').getByLabel(/^cmd/);
      assert.equal(await field.inputValue(), 'make all');
      await field.fill('make some');
      await page.click('button:has-text("Change it in the code")');
      await page.waitForSelector(`.cm-content:has-text('"cmd": "make some"')`);
      assert.equal(await page.isVisible('.cm-content:has-text("make all")'), false);
    }));

  it('a stage is described', () =>
    open(async (page, url) => {
      let sent = '';
      made.instead = answering(
        (request) => request.method === 'PUT' && request.url === `/api/stages/${RIGHT}`,
        async (request): Promise<Given> => {
          for await (const chunk of request) sent += String(chunk);
          return problem(422, 'invalid', 'Invalid', 'too long', [{ path: '/description', message: 'too long by half' }]);
        },
      );
      await page.goto(`${url}/p/kraken/b/main/settings/stages?stage=${RIGHT}`);
      await page.click('button:has-text("Describe…")');
      await page.getByLabel('Description').fill('what it is for');
      await page.click('.dialog button:has-text("Save")');
      await page.waitForSelector('.field-wrong:has-text("too long by half")');
      assert.deepEqual(JSON.parse(sent), { description: 'what it is for' });
    }));

  it('theirs is taken: of a stage, and of the data of a flow', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/settings/stages?stage=${RIGHT}`);
      await page.click('.cm-content');
      await page.keyboard.insertText('# mine\n');
      made.instead = answering((request) => request.method === 'PUT', problem(409, 'conflict', 'Conflict', 'it was saved by somebody else'));
      await page.click('button:has-text("Save")');
      await page.click('button:has-text("Take theirs")');
      await page.waitForSelector('.conflict', { state: 'detached' });
      await page.waitForFunction(() => document.querySelector('.code-editor')?.shadowRoot?.querySelector('.cm-content')?.textContent.includes('# mine') === false);
      assert.equal(await page.getAttribute('button.button-main:has-text("Save")', 'aria-disabled'), 'true');

      made.instead = undefined;
      await page.goto(`${url}/flows/${FLOW}?tab=data`);
      await page.click('button:has-text("Edit")');
      const before = await page.inputValue('textarea');
      await page.fill('textarea', '{"mine": 1}');
      made.instead = answering((request) => request.method === 'PUT', problem(412, 'stale', 'Stale', 'the data are of another version'));
      await page.click('button:has-text("Save")');
      await page.click('button:has-text("Take theirs")');
      assert.equal(await page.inputValue('textarea'), before);
    }));
});
