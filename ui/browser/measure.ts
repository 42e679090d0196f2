// Measures what the budgets of the UI name, on the made-up installation, and fails above them.
import { fixtures, TOKEN } from './api.ts';
import { MILLION, NEEDLE } from './log.ts';
import { openBrowser, watchedPage } from './open.ts';
import { serve } from './serve.ts';
import { FLOW, LARGE, LARGE_RUN } from './world.ts';

const server = await serve(fixtures);
const problems: string[] = [];

function report(what: string, value: number, unit: string, most: number): void {
  console.log(`${what.padEnd(58)} ${value.toFixed(value < 10 ? 2 : 0).padStart(7)} ${unit} of ${most}`);
  if (value > most) problems.push(what);
}

/** The middle one of several runs: one browser each, so that nothing is warm. */
async function middle(runs: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure());
  return values.sort((one, other) => one - other)[Math.floor(runs / 2)] ?? Number.NaN;
}

interface Slow {
  network: boolean;
}

async function page<T>(work: (page: Awaited<ReturnType<typeof watchedPage>>['page']) => Promise<T>, slow?: Slow): Promise<T> {
  const browser = await openBrowser();
  try {
    const { page: opened } = await watchedPage(browser.context, TOKEN);
    if (slow) {
      const session = await browser.context.newCDPSession(opened);
      await session.send('Network.emulateNetworkConditions', { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 });
      await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    }
    return await work(opened);
  } finally {
    await browser.close();
  }
}

const lcp = (address: string, slow?: Slow) =>
  page(async (opened) => {
    await opened.goto(server.url + address);
    await opened.waitForSelector('.table, .strip-bar, .graph-node');
    await opened.waitForLoadState('networkidle');
    const ms = await opened.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe({ type: 'largest-contentful-paint', buffered: true });
        }),
    );
    return ms / 1000;
  }, slow);

/** Seconds from the start of the navigation until a selector is there. */
const until = (address: string, selector: string) =>
  page(async (opened) => {
    await opened.goto(server.url + address, { waitUntil: 'commit' });
    await opened.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector, { polling: 'raf', timeout: 30_000 });
    return (await opened.evaluate(() => performance.now())) / 1000;
  });

try {
  report('LCP of a flow', await middle(3, () => lcp(`/flows/${FLOW}`)), 's', 1);
  report('LCP of a flow, 10 Mbit/s, 40 ms, a quarter of the CPU', await middle(3, () => lcp(`/flows/${FLOW}`, { network: true })), 's', 2);
  report(`a run of ${LARGE} jobs, its table there`, await middle(3, () => until(`/runs/${LARGE_RUN}`, `table[aria-rowcount="${LARGE + 1}"] tr[data-row]`)), 's', 1.5);
  report(`a log of ${MILLION} lines, its last line there`, await middle(3, () => until(`/jobs/${LARGE_RUN}-1`, `.log-row[data-line="${MILLION - 1}"]:not(.missing)`)), 's', 0.6);

  await page(async (opened) => {
    await opened.goto(`${server.url}/jobs/${LARGE_RUN}-1`);
    await opened.waitForSelector(`.log-row[data-line="${MILLION - 1}"]:not(.missing)`);
    // All over the log, so that as many lines as will ever be held are held.
    for (let step = 0; step < 60; step += 1) {
      await opened.evaluate((share) => {
        const log = document.querySelector('.log-scroll');
        if (log) log.scrollTop = log.scrollHeight * share;
      }, step / 60);
      await opened.waitForSelector('.log-row:not(.missing)');
      await opened.waitForTimeout(40);
    }
    const heap = await opened.evaluate(() => {
      (globalThis as { gc?: () => void }).gc?.();
      return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize / 2 ** 20;
    });
    report(`heap after scrolling all over ${MILLION} lines`, heap, 'MiB', 60);

    const from = Date.now();
    await opened.fill('[aria-label="Search the log"]', 'needle-in-haystack');
    await opened.press('[aria-label="Search the log"]', 'Enter');
    await opened.waitForFunction(() => document.querySelector('.log-count')?.textContent.includes('1 match'), undefined, { timeout: 60_000 });
    console.log(`${'a search through all of it (the server makes the text, too)'.padEnd(58)} ${((Date.now() - from) / 1000).toFixed(2).padStart(7)} s`);
    await opened.press('[aria-label="Search the log"]', 'Enter');
    await opened.waitForSelector(`.log-row.current[data-line="${NEEDLE}"]:not(.missing)`);
  });
} finally {
  await server.close();
}
if (problems.length > 0) {
  console.error(`above the budget: ${problems.join('; ')}`);
  process.exitCode = 1;
}
