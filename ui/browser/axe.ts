// What axe finds wrong with a page, and what every page must be besides, in all its looks.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { NARROW, type Theme, WIDE } from './open.ts';

/** Pictures are kept here, to be looked at. */
const SHOTS = join(import.meta.dirname, '../.cache/screenshots');

interface AxeResult {
  violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Left out are the marks at the ends of what is open: who comes to one by the keyboard is led on at once, nobody rests there.
 *
 * The source goes in through the debugger: the page's policy refuses scripts from elsewhere, as it should.
 */
export async function axe(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const result = await page.evaluate(() => (globalThis as unknown as { axe: { run(on: object, rules: object): Promise<AxeResult> } }).axe.run({ exclude: ['[data-base-ui-focus-guard]'] }, { resultTypes: ['violations'] }));
  return result.violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}

export async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

const LOOKS = (['light', 'dark'] satisfies Theme[]).flatMap((theme) => [WIDE, NARROW].map((size) => ({ theme, size })));

/** One page as it stands, light and dark, wide and narrow: accessible, no wider than the window, its picture kept. */
export async function everyLook(page: Page, name: string): Promise<void> {
  const wrong: string[] = [];
  for (const { theme, size } of LOOKS) {
    const look = `${name}-${theme}-${size.width}`;
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize(size);
    await shoot(page, look);
    wrong.push(...(await axe(page)).map((found) => `${look}: ${found}`));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) wrong.push(`${look}: ${over} px wider than the window`);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.equal(wrong.join('\n'), '');
}
