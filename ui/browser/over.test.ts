// What lies over a page or comes up in it: Ctrl K, the help, menus, messages, and what two people changed at once. Accessible in every look.
import { describe, it } from 'node:test';

import { problem } from './answers.ts';
import { everyLook } from './axe.ts';
import { answering, installation } from './installation.ts';
import { FLOW, NOW } from './world.ts';

const RIGHT = '01m82stg000000000000000003';

describe('over the page', () => {
  const made = installation();
  const { open } = made;

  it('Ctrl K', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.graph-node');
      await page.keyboard.press('Control+k');
      await page.waitForSelector('.palette-item');
      await page.keyboard.type('main');
      await page.waitForSelector('.palette-item:has-text("kraken / main")');
      await everyLook(page, 'over-palette');
      await page.fill('.palette-input', 'no such thing anywhere');
      await page.waitForSelector('.palette-item:has-text("in all logs")');
      await everyLook(page, 'over-palette-nothing');
    }));

  it('the help on keys', () =>
    open(async (page, url) => {
      await page.goto(`${url}/jobs/${FLOW}-4-1`);
      await page.waitForSelector('.log-row:not(.missing)');
      await page.keyboard.press('?');
      await page.waitForSelector('.key-list');
      await everyLook(page, 'over-keys');
    }));

  for (const [name, label, address] of [
    ['account', 'Theme and account', '/'],
    ['projects', 'Switch project', `/flows/${FLOW}`],
    ['flows', 'Switch flow', `/flows/${FLOW}`],
    ['runs', 'Switch run', `/runs/${FLOW}-4`],
    ['jobs', 'Switch job', `/jobs/${FLOW}-4-1`],
    ['start', 'Run a flow', `/flows/${FLOW}`],
  ] as const) {
    it(`the menu: ${name}`, () =>
      open(async (page, url) => {
        await page.clock.install({ time: NOW });
        await page.goto(url + address);
        await page.click(`button[aria-label="${label}"]`);
        await page.waitForSelector('.menu-item');
        await everyLook(page, `over-menu-${name}`);
      }));
  }

  it('a message, and one of a failure', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}`);
      await page.waitForSelector('.graph-node');
      made.instead = answering((request) => request.method === 'POST', problem(503, 'unavailable', 'Not now', 'the table does not answer'));
      await page.keyboard.press('y');
      await page.keyboard.press('r');
      await page.waitForSelector('.toast >> nth=1');
      await everyLook(page, 'over-toasts');
    }));

  it('a stage that somebody else saved', () =>
    open(async (page, url) => {
      await page.goto(`${url}/p/kraken/b/main/settings/stages?stage=${RIGHT}`);
      await page.click('.cm-content');
      await page.keyboard.insertText('# mine\n');
      made.instead = answering((request) => request.method === 'PUT', problem(409, 'conflict', 'Conflict', 'the stage was saved by somebody else'));
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.versions');
      await everyLook(page, 'over-conflict-stage');
    }));

  it('data that somebody else changed', () =>
    open(async (page, url) => {
      await page.goto(`${url}/flows/${FLOW}?tab=data`);
      await page.click('button:has-text("Edit")');
      await page.fill('textarea', '{"mine": 1}');
      made.instead = answering((request) => request.method === 'PUT', problem(412, 'stale', 'Stale', 'the data are of another version'));
      await page.click('button:has-text("Save")');
      await page.waitForSelector('.versions');
      await everyLook(page, 'over-conflict-data');
    }));
});
