// Starting a flow when the answer gets lost: the same again is the same flow, anything else is another.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { problem, send } from './answers.ts';
import { installation } from './installation.ts';
import { FLOW } from './world.ts';

describe('starting a flow', () => {
  const made = installation();

  it('has the same key when it is sent again, and another one when it was changed', () =>
    made.open(async (page, url) => {
      const keys: unknown[] = [];
      made.instead = (request, response) => {
        if (request.method !== 'POST' || request.url?.endsWith('/flows') !== true) return false;
        keys.push(request.headers['idempotency-key']);
        if (keys.length > 2) return false;
        // It may have been done: nobody knows.
        send(response, problem(503, 'unavailable', 'Try again', 'the answer was lost'));
        return true;
      };
      await page.goto(`${url}/p/kraken/b/main/run`);
      await page.click('button:has-text("Start flow")');
      await page.waitForSelector('.problem');
      await page.click('button:has-text("Start flow"):not([aria-busy=true])');
      while (keys.length < 2) await page.waitForTimeout(50);
      await page.waitForSelector('.problem');
      await page.fill('label:has-text("Repository branch") + input', 'fix/it');
      await page.click('button:has-text("Start flow"):not([aria-busy=true])');
      await page.waitForURL(`${url}/flows/${FLOW}`);
      assert.equal(keys[0], keys[1]);
      assert.notEqual(keys[1], keys[2]);
    }));
});
