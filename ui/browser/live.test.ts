// Live updates: what one tab may not see is in no other tab's way, and nothing that changed while a page was read is missed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Changes, JobView } from '../src/api/generated/types.gen.ts';
import { problem, send } from './answers.ts';
import { installation } from './installation.ts';
import { stage } from './house.ts';
import { REAL, realInstallation } from './real-installation.ts';
import { FLOW, flows, LARGE_RUN } from './world.ts';

const asked = (url: string | undefined) => new URL(url ?? '/', 'http://x');
const watchedBy = (url: string) => asked(url).searchParams.get('watch')?.split(',') ?? [];

describe('live updates', () => {
  const made = installation();
  const { open } = made;

  it('a page that may not be read is not watched', () =>
    open(async (page, url) => {
      const watched: string[] = [];
      page.on('request', (request) => {
        if (asked(request.url()).pathname === '/api/changes') watched.push(...watchedBy(request.url()));
      });
      made.instead = (request, response) => {
        if (!asked(request.url).pathname.startsWith('/api/flows/')) return false;
        send(response, problem(403, 'forbidden', 'Not allowed', 'this needs the role viewer in project 01m82prj'));
        return true;
      };
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.problem:has-text("this needs the role viewer")');
      await page.click('a:has-text("Agents")');
      await page.waitForSelector('.table');
      await page.waitForFunction(() => performance.getEntriesByType('resource').some((entry) => entry.name.includes('/api/changes')));
      assert.deepEqual([...new Set(watched)], ['agents']);
    }));

  it('what changed between the reading and the first look is read again', () =>
    open(async (page, url) => {
      const flow = flows[0]!;
      let over = false;
      made.instead = (request, response) => {
        const { pathname } = asked(request.url);
        if (pathname === '/api/changes') {
          // It ended before anybody asked how it stands.
          over = true;
          send(response, { body: { etag: 'only', changed: Object.fromEntries(watchedBy(request.url ?? '').map((key) => [key, 1])), next_ms: 15_000 } satisfies Changes });
          return true;
        }
        if (pathname !== `/api/flows/${FLOW}`) return false;
        const runs = flow.runs?.slice(0, 4).map((run) => ({ ...run, result: 'ok', jobs: { ...run.jobs, error: 0 } }));
        send(response, { body: over ? ({ ...flow, state: 'completed', completed_at: flow.created_at, runs }) : flow });
        return true;
      };
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.page-head .badge:has-text("Passed")');
    }));

  it('why a run of 10,000 jobs waits: those that wait are asked for, not the oldest', () =>
    open(async (page, url) => {
      const [lists, waits]: [string[], string[]] = [[], []];
      page.on('request', (request) => {
        const { pathname, search } = asked(request.url());
        if (pathname === `/api/runs/${LARGE_RUN}/jobs`) lists.push(search);
        if (pathname.endsWith('/waiting')) waits.push(pathname);
      });
      await page.goto(`${url}/flows/${flows[1]!.id}`);
      await page.waitForSelector('.banner:has-text("has been waiting")');
      await page.waitForSelector('text=497 more jobs wait');
      assert.equal(lists.length > 0 && lists.every((search) => search.includes('state=queued') && !search.includes('limit=200')), true, lists.join(' '));
      assert.equal(waits.length, 3);
    }));
});

describe('live updates of a real server', REAL, () => {
  const { open, flow } = realInstallation();

  it('a tab on what is not there, or not for it, leaves the others live', () =>
    open(
      async (page, { url, api }) => {
        const { id } = await flow('watched', { talk: stage({ talk: 'while ! test -e go; do sleep 0.1; done' }) });
        const nobody = '01j9zqk3v5w8x2y4t6r7n0m1pb';
        const seen = await api<Changes>('GET', `/api/changes?watch=flow:${id},flow:${nobody},job:nonsense,stone:1`);
        assert.deepEqual([Object.keys(seen.changed), Object.keys(seen.left_out ?? {})], [[`flow:${id}`], [`flow:${nobody}`, 'job:nonsense', 'stone:1']]);

        await page.goto(`${url}/flows/${id}`);
        await page.waitForSelector('.page-head .badge');
        const other = await page.context().newPage();
        await other.goto(`${url}/flows/${nobody}`);
        await other.waitForSelector('h1:has-text("Flow not found")');
        // As a tab of a newer or older version may ask.
        await other.evaluate(() => new BroadcastChannel('kraken.live.2').postMessage({ kind: 'watch', tab: 'another', keys: ['stone:1', 'flow:nonsense'], fresh: [] }));
        await api('POST', `/api/flows/${id}/cancel`);
        await page.waitForSelector('.page-head .badge:has-text("Cancelled")');
        await other.close();
        const { items } = await api<{ items: JobView[] }>('GET', `/api/runs/${id}-1/jobs`);
        assert.equal(items.length, 1);
      },
      { expected: ['404'] },
    ));
});
