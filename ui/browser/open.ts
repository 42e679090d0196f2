// A browser with nothing in it, and pages that tell all that goes wrong in them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface Size {
  width: number;
  height: number;
}

export const WIDE: Size = { width: 1440, height: 900 };
export const NARROW: Size = { width: 390, height: 844 };

export type Theme = 'light' | 'dark';

const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--js-flags=--expose-gc', '--enable-precise-memory-info'];

export interface Opened {
  context: BrowserContext;
  close: () => Promise<void>;
}

export async function openBrowser(size: Size = WIDE, theme: Theme = 'light'): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'kraken-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ARGS,
    viewport: size,
    colorScheme: theme,
    timezoneId: 'UTC',
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Watched {
  page: Page;
  /** Errors of the console, of scripts, of the Content-Security-Policy. */
  wrong: string[];
}

/** A page signed in with a token; `''`: with none of its own. */
export async function watchedPage(context: BrowserContext, token: string): Promise<Watched> {
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
  await page.addInitScript((secret: string) => {
    if (secret !== '') localStorage.setItem('kraken.token', secret);
    document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
  }, token);
  return { page, wrong };
}
