// Logs: searches that take too long, one download for all searches, large files.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { send } from './answers.ts';
import { installation } from './installation.ts';
import { line, LONG } from './log.ts';
import { FLOW, LARGE_RUN } from './world.ts';

const SEARCH = '[aria-label="Search the log"]';

describe('logs', () => {
  const made = installation();
  const { open } = made;

  it('an expression that never ends: it is stopped, the server searches, and the page goes on', () =>
    open(async (page, url) => {
      const asked: (string | null)[] = [];
      made.instead = (request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
        if (!pathname.endsWith('/log/search') || searchParams.get('regex') !== 'true' || !searchParams.get('q')?.includes('x')) return false;
        asked.push(searchParams.get('q'));
        send(response, { body: { lines: [{ ...line(LONG), text: 'cut' }], next_from: null } });
        return true;
      };
      await page.goto(`${url}/jobs/${FLOW}-4-1#L${LONG + 1}`);
      await page.waitForSelector(`.log-row[data-line="${LONG}"]:not(.missing)`);
      await page.click('[aria-label="Regular expression"]');
      await page.fill(SEARCH, '(x+)+y');
      // The page draws while the worker is stuck.
      await page.keyboard.press('Tab');
      await page.waitForSelector('.log-note:has-text("takes too long here")');
      await page.waitForSelector('.log-count:has-text("1 match")');
      assert.deepEqual(asked, ['(x+)+y']);
      assert.equal(await page.locator('.log-row mark').count(), 0);
      // Another one is searched and marked as ever.
      await page.fill(SEARCH, 'case_\\d+1\\b');
      await page.waitForSelector('.log-note', { state: 'detached' });
      await page.waitForSelector('.log-count:has-text("match")');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.log-row.current mark');
    }));

  it('a log is fetched once for all searches in it', () =>
    open(async (page, url) => {
      let downloads = 0;
      page.on('request', (request) => {
        if (request.url().includes('/log/download')) downloads += 1;
      });
      await page.goto(`${url}/jobs/${LARGE_RUN}-1`);
      await page.waitForSelector('.log-row:not(.missing)');
      for (const [words, many] of [['needle-in-haystack', '1 match'], ['case_777', 'match'], ['crate-999996 ', '1 match']] as const) {
        await page.fill(SEARCH, words);
        await page.waitForSelector(`.log-count:has-text("${many}")`, { timeout: 60_000 });
      }
      await page.press(SEARCH, 'Escape');
      await page.keyboard.press('e');
      await page.waitForSelector('.log-row.selected');
      assert.equal(downloads, 1);
    }));

  it('past the last match the next is the first, and the one before it the last', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1#L2990`);
      await page.waitForSelector('.log-row[data-line="2989"]:not(.missing)');
      await page.fill(SEARCH, 'part 10');
      await page.waitForSelector('.log-count:has-text("2 matches")');
      await page.press(SEARCH, 'Escape');
      await page.keyboard.press('n');
      await page.waitForSelector('.log-count:has-text("1 of 2")');
      await page.keyboard.press('n');
      await page.waitForSelector('.log-count:has-text("2 of 2")');
      await page.keyboard.press('N');
      await page.waitForSelector('.log-count:has-text("1 of 2")');
      await page.keyboard.press('N');
      await page.waitForSelector('.log-count:has-text("2 of 2")');
      await page.waitForSelector('.log-row.current mark');
    }));

  it('a large log, and every artifact, go to the disk by their address', () =>
    open(async (page, url) => {
      made.instead = (request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
        if (pathname === '/kraken-data/kept') {
          response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': 'attachment; filename="kept.bin"' }).end('kept');
          return true;
        }
        if (searchParams.get('address') !== 'true') return false;
        send(response, { body: { url: `${url}/kraken-data/kept`, expires: new Date().toISOString() } });
        return true;
      };
      const bodies: string[] = [];
      page.on('response', (response) => {
        const { pathname, search } = new URL(response.url());
        if (/\/log\/download$|\/artifacts\/./.test(pathname)) bodies.push(search);
      });
      await page.goto(`${url}/jobs/${LARGE_RUN}-1`);
      await page.waitForSelector('.log-row:not(.missing)');
      const [log] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Download the whole log"]')]);
      assert.equal(log.url(), `${url}/kraken-data/kept`);
      await page.goto(`${url}/flows/${FLOW}?tab=artifacts`);
      const [file] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Download reports/part-0/report.xml"]')]);
      assert.equal(file.url(), `${url}/kraken-data/kept`);
      assert.deepEqual(bodies, ['?address=true', '?address=true']);
      // A short log comes as text.
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row:not(.missing)');
      const [text] = await Promise.all([page.waitForEvent('download'), page.click('[aria-label="Download the whole log"]')]);
      assert.equal(text.suggestedFilename(), `${FLOW}-4-1.log`);
    }));
});
