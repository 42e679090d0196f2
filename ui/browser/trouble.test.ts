// What goes wrong around the app: a server that is away, slow or refuses; a browser without storage; a very long log.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { problem } from './answers.ts';
import { fixtures, TOKEN } from './api.ts';
import { answering, installation } from './installation.ts';
import { LONG, MILLION, NEEDLE } from './log.ts';
import { FLOW, LARGE, LARGE_RUN } from './world.ts';

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, 'it did not come to be within 20 s');
    await new Promise((again) => setTimeout(again, 50));
  }
}

describe('trouble', () => {
  const made = installation();
  const { open } = made;

  it('a server that goes away: what was read stays, a banner says so, and goes when it is back', () =>
    open(async (page, url) => {
      await page.goto(`${url}/agents`);
      await page.waitForSelector('.table');
      made.instead = (_, response) => {
        response.destroy();
        return true;
      };
      // As when a network comes: pages look whether anything changed.
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await page.waitForSelector('.banner:has-text("The server does not answer")');
      assert.equal(await page.isVisible('.table'), true);
      made.instead = undefined;
      await page.waitForSelector('.banner:has-text("The server does not answer")', { state: 'detached' });
    }));

  it('a slow server: the layout comes first, the page later', () =>
    open(async (page, url) => {
      made.instead = (request, response) => {
        setTimeout(() => void fixtures(request, response), 1500);
        return true;
      };
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.skeleton');
      await page.waitForSelector('.graph-node');
    }));

  it('an action that is refused: the reason, and nothing else changes', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}`);
      await page.click('button:has-text("Cancel")');
      await page.click('button:has-text("Cancel the flow")');
      await page.waitForSelector('.dialog .problem:has-text("it needs the role user in this project")');
      await page.waitForSelector('.dialog .problem:has-text("9ea42de890405bf7")');
    }));

  it('a token that ended: back to signing in', () =>
    open(async (page, url) => {
      await page.goto(`${url}/agents`);
      await page.waitForSelector('text=Sign in to Kraken');
      await page.waitForSelector('text=You were signed out');
    }, { token: 'ended' }));

  it('a browser without storage: everything works, for this tab', () =>
    open(async (page, url) => {
      await page.addInitScript(() => {
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('refused', 'SecurityError');
          },
        });
      });
      await page.goto(url);
      await page.fill('input[type=password]', TOKEN);
      await page.click('button:has-text("Sign in")');
      await page.waitForSelector('h1:has-text("Home")');
    }, { token: '' }));

  it('a log of a million lines: the needle is found, groups fold, nothing in it is markup', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${LARGE_RUN}-1`);
      await page.waitForSelector(`.log-row[data-line="${MILLION - 1}"]:not(.missing)`);
      await page.keyboard.press('/');
      await page.keyboard.type('needle-in-haystack');
      await page.waitForSelector('.log-count:has-text("1 match")');
      await page.keyboard.press('Enter');
      await page.waitForSelector(`.log-row.current[data-line="${NEEDLE}"]:not(.missing)`);
      assert.equal(await page.locator('.log-row img, .log-row script').count(), 0);
      assert.ok((await page.locator('.log-row').count()) < 80);

      await page.fill('[aria-label="Search the log"]', '');
      await page.click('[aria-label="Log tools"] button:has-text("Fold")');
      // Also the steps: each is one line.
      await page.click('.log-step:has-text("pytest")[aria-expanded=false]');
      await page.waitForSelector('.log-row[data-line="40"] + .log-row[data-line="41"]');
      await page.click('.log-step:has-text("pytest")');
      await page.waitForSelector('.log-row[data-line="41"]', { state: 'detached' });
    }));

  it('a log that is too large to be fetched whole: the server searches', () =>
    open(async (page, url) => {
      made.instead = answering((request) => request.url?.includes('/log/download') === true, problem(413, 'too-large', 'Too large', 'the answer would be too large'));
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row[data-line="2999"]:not(.missing)');
      await page.fill('[aria-label="Search the log"]', 'case_2833');
      await page.waitForSelector('.log-count:has-text("1 match")');
      await page.keyboard.press('Escape');
      await page.keyboard.press('e');
      await page.waitForSelector('.log-row.selected, .toast:has-text("No line reports an error")');
    }));

  it('a line of a megabyte: cut, said so, wrapped or not', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1#L${LONG + 1}`);
      await page.waitForSelector(`.log-row[data-line="${LONG}"] .log-cut:has-text("more characters")`);
      await page.keyboard.press('w');
      await page.waitForSelector('.log-scroll.wraps');
      const long = page.locator(`.log-row[data-line="${LONG}"]`);
      assert.ok((await long.evaluate((row) => row.getBoundingClientRect().height)) > 1000);
      // On by the wheel through all of its height, to the line after it.
      await page.hover('.log-scroll');
      for (let turn = 0; turn < 60 && (await page.locator(`.log-row[data-line="${LONG + 8}"]`).count()) === 0; turn += 1) await page.mouse.wheel(0, 300);
      await page.waitForSelector(`.log-row[data-line="${LONG + 8}"]:not(.missing)`);
      await page.keyboard.press('w');
    }));

  it('a log that is wrapped: its last line is at the bottom, and one comes back to where one was', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row[data-line="2999"]:not(.missing)');
      await page.keyboard.press('w');
      await page.waitForSelector('.log-scroll.wraps');
      await page.keyboard.press(']');
      const gap = async () => page.evaluate(() => {
        const [log, last] = [document.querySelector('.log-scroll'), document.querySelector('.log-row[data-line="2999"]')];
        return log && last ? Math.abs(log.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom) : Number.NaN;
      });
      await page.waitForFunction(() => {
        const [log, last] = [document.querySelector('.log-scroll'), document.querySelector('.log-row[data-line="2999"]')];
        return log !== null && last !== null && Math.abs(log.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom) < 24;
      });
      assert.ok((await gap()) < 24);
      await page.keyboard.press('[');
      await page.waitForSelector('.log-row[data-line="0"]:not(.missing)');
    }));

  it('a table of 10,000 rows: sorted, filtered, scrolled to its end, with few elements', () =>
    open(async (page, url) => {
      await page.goto(`${url}/runs/${LARGE_RUN}`);
      await page.waitForSelector(`table[aria-rowcount="${LARGE + 1}"]`);
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      await page.waitForSelector(`tr[data-row="${LARGE - 1}"]`);
      assert.ok((await page.locator('tr[data-row]').count()) < 100);
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.fill('[aria-label="Filter jobs"], input[type=search]', 'case 999');
      await page.waitForSelector('tr:has-text("case 9990")');
      await page.click('button.sort:has-text("Job")');
      assert.match(page.url(), /q=case/);
      assert.match(page.url(), /sort=name/);
      await page.keyboard.press('Escape');
    }));

  it('two tabs: one asks for both, and the other takes over when it is closed', () =>
    open((first, url) =>
      open(async (second) => {
        const asked: { by: string; watch: string }[] = [];
        for (const [by, tab] of Object.entries({ first, second })) {
          tab.on('request', (request) => {
            const at = new URL(request.url());
            if (at.pathname === '/api/changes') asked.push({ by, watch: at.searchParams.get('watch') ?? '' });
          });
        }
        await first.goto(`${url}/flows/${FLOW}`);
        await first.waitForSelector('.graph-node');
        await second.goto(`${url}/jobs/${FLOW}-5-2`);
        await second.waitForSelector('.log-row');
        await until(() => asked.some(({ by, watch }) => by === 'first' && watch.includes(`flow:${FLOW}`) && watch.includes(`job:${FLOW}-5-2`)));
        assert.deepEqual(asked.filter(({ by }) => by === 'second'), []);
        await first.close();
        await until(() => asked.some(({ by }) => by === 'second'));
      }),
    ));

  it('Ctrl K: to a branch by its name, to a job by its id', () =>
    open(async (page, url) => {
      await page.goto(url);
      await page.waitForSelector('.strip-bar');
      await page.keyboard.press('Control+k');
      await page.waitForSelector('.palette-input');
      await page.keyboard.type('release');
      await page.waitForSelector('.palette-item:has-text("release/1.4")');
      await page.keyboard.press('Enter');
      await page.waitForSelector('h1:has-text("release/1.4")');
      await page.keyboard.press('Control+k');
      await page.waitForSelector('.palette-input');
      await page.keyboard.type('flow 200');
      await page.waitForSelector('.palette-item:has-text("flow 200 · kraken / main")');
      await page.keyboard.press('Escape');
      await page.waitForSelector('.palette-input', { state: 'detached' });
      await page.keyboard.press('Control+k');
      await page.waitForSelector('.palette-input');
      await page.keyboard.type(`${FLOW}-4-1`);
      await page.keyboard.press('Enter');
      await page.waitForSelector('h1:has-text("case 0")');
      await page.keyboard.press('Control+k');
      await page.waitForSelector('.palette-input');
      await page.keyboard.type('needle & <b>');
      await page.waitForSelector('.palette-item:has-text("in all logs")');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.found-line:has-text("needle & <b>")');
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row');
      await page.keyboard.press('?');
      await page.waitForSelector('.key-list:has-text("first error")');
    }));
});
