// Measures what the budgets of the UI name, on the made-up installation, and fails above them. Weights: scripts/budget.ts.
import type { Page } from 'playwright-core';

import { fixtures, TOKEN } from './api.ts';
import { MILLION, NEEDLE } from './log.ts';
import { openBrowser, watchedPage } from './open.ts';
import { serve } from './serve.ts';
import { FLOW, LARGE, LARGE_RUN } from './world.ts';

/** A slow line and a slow machine. */
const SLOW = { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 };
const CPU_TIMES = 4;
const RUNS = 3;

/** Page → address, what must be there. */
const PAGES: [name: string, address: string, seen: string][] = [
  ['home', '/', '.strip-bar'],
  ['a branch', '/p/kraken/b/main', '.cell'],
  ['a flow', `/flows/${FLOW}`, '.graph-node'],
  ['a job', `/jobs/${FLOW}-4-1`, '.log-row:not(.missing)'],
];

const server = await serve(fixtures);
const problems: string[] = [];

function report(what: string, value: number, unit: string, most?: number): void {
  const shown = value.toFixed(value < 10 ? 2 : 0);
  const missed = most !== undefined && value > most;
  console.log(`| ${what.padEnd(66)} | ${shown.padStart(6)} ${unit.padEnd(3)} | ${most === undefined ? '' : `≤ ${most}`}${missed ? ' missed' : ''} |`);
  if (missed) problems.push(what);
}

/** The middle one of several runs: one browser each, so that nothing is warm. */
async function middle(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < RUNS; run += 1) values.push(await measure());
  return values.sort((one, other) => one - other)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

async function visit<T>(work: (page: Page) => Promise<T>, slow = false): Promise<T> {
  const browser = await openBrowser();
  try {
    const { page } = await watchedPage(browser.context, TOKEN);
    if (slow) {
      const session = await browser.context.newCDPSession(page);
      await session.send('Network.emulateNetworkConditions', SLOW);
      await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_TIMES });
    }
    return await work(page);
  } finally {
    await browser.close();
  }
}

const lcp = (address: string, seen: string, slow = false) =>
  visit(async (page) => {
    await page.goto(server.url + address);
    await page.waitForSelector(seen);
    await page.waitForLoadState('networkidle');
    const ms = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    return ms / 1000;
  }, slow);

/** Seconds from the start of the navigation until a selector is there. */
const until = (address: string, selector: string) =>
  visit(async (page) => {
    await page.goto(server.url + address, { waitUntil: 'commit' });
    await page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector, { polling: 'raf', timeout: 30_000 });
    return (await page.evaluate(() => performance.now())) / 1000;
  });

/** Seconds from what is typed until the table of a large run has only the rows that fit. */
const filtered = () =>
  visit(async (page) => {
    await page.goto(`${server.url}/runs/${LARGE_RUN}`);
    await page.waitForSelector(`table[aria-rowcount="${LARGE + 1}"]`);
    return page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const input = document.querySelector<HTMLInputElement>('input[type=search]');
          if (!input) {
            reject(new Error('there is nothing to type into'));
            return;
          }
          const from = performance.now();
          // As React hears of what people type.
          Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, 'case 9990');
          input.dispatchEvent(new Event('input', { bubbles: true }));
          const look = () => {
            if (document.querySelector('table[aria-rowcount="2"]')) resolve((performance.now() - from) / 1000);
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  });

try {
  console.log('| what | measured | budget |\n|---|---|---|');
  for (const [name, address, seen] of PAGES) {
    report(`LCP of ${name}`, await middle(() => lcp(address, seen)), 's', 1);
    report(`LCP of ${name}, 10 Mbit/s, 40 ms, a quarter of the CPU`, await middle(() => lcp(address, seen, true)), 's', 2);
  }
  report(`a run of ${LARGE} jobs, its table there`, await middle(() => until(`/runs/${LARGE_RUN}`, `table[aria-rowcount="${LARGE + 1}"] tr[data-row]`)), 's', 1.5);
  report(`the table of ${LARGE} rows, filtered`, await middle(filtered), 's', 0.3);
  report(`a log of ${MILLION} lines, its last line there`, await middle(() => until(`/jobs/${LARGE_RUN}-1`, `.log-row[data-line="${MILLION - 1}"]:not(.missing)`)), 's', 0.6);

  await visit(async (page) => {
    await page.goto(`${server.url}/jobs/${LARGE_RUN}-1`);
    await page.waitForSelector(`.log-row[data-line="${MILLION - 1}"]:not(.missing)`);
    // All over the log, so that as many lines as will ever be held are held.
    for (let step = 0; step < 60; step += 1) {
      await page.evaluate((share) => {
        const log = document.querySelector('.log-scroll');
        if (log) log.scrollTop = log.scrollHeight * share;
      }, step / 60);
      await page.waitForSelector('.log-row:not(.missing)');
      await page.waitForTimeout(40);
    }
    const heap = await page.evaluate(() => {
      (globalThis as { gc?: () => void }).gc?.();
      return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 2 ** 20;
    });
    report(`heap after scrolling all over ${MILLION} lines`, heap, 'MiB', 60);

    const from = Date.now();
    await page.fill('[aria-label="Search the log"]', 'needle-in-haystack');
    await page.press('[aria-label="Search the log"]', 'Enter');
    await page.waitForFunction(() => document.querySelector('.log-count')?.textContent.includes('1 match'), undefined, { timeout: 60_000 });
    report('a search through all of it (the server makes the text, too)', (Date.now() - from) / 1000, 's');
    await page.press('[aria-label="Search the log"]', 'Enter');
    await page.waitForSelector(`.log-row.current[data-line="${NEEDLE}"]:not(.missing)`);
  });
} finally {
  await server.close();
}
if (problems.length > 0) {
  console.error(`above the budget: ${problems.join('; ')}`);
  process.exitCode = 1;
}
