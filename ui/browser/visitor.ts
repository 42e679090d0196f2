// A browser for all tests of one `describe`: opened before the first, closed after the last; each visit has a page of its own.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { openBrowser, type Opened, type Size, type Theme, type Watched, watchedPage, WIDE } from './open.ts';

const PATIENCE_MS = 20_000;

/** Works with a page that is signed in with this token; `''`: with none. The page is closed whatever comes of it. */
export type Visit = (token: string, work: (watched: Watched) => Promise<void>) => Promise<void>;

export function visitor(size: Size = WIDE, theme: Theme = 'light'): Visit {
  let browser: Opened | undefined;
  before(async () => {
    browser = await openBrowser(size, theme);
  });
  after(() => browser?.close());

  return async (token, work) => {
    assert.ok(browser, 'visits are for tests, and for hooks after those of the browser');
    const watched = await watchedPage(browser.context, token);
    watched.page.setDefaultTimeout(PATIENCE_MS);
    try {
      await work(watched);
    } finally {
      await watched.page.close();
    }
  };
}
