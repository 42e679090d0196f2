// A real server with a project, and a browser, for all tests of one `describe`.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import type { Page } from 'playwright-core';

import { house, type House, programs } from './house.ts';
import { visitor } from './visitor.ts';

export interface Made {
  id: string;
  name: string;
}

interface How {
  /** `''`: signed out. */
  token?: string;
  /** Parts of messages of the browser that are no fault of the page's, such as the status of a call that is to be refused. */
  expected?: readonly string[];
}

export interface RealInstallation {
  /** Signed in as its administrator; fails when anything went wrong in the page. */
  open: (work: (page: Page, server: House) => Promise<void>, how?: How) => Promise<void>;
  /** A branch of the project `shop`. `stages`: name → code. */
  branch: (name: string, stages?: Record<string, string>) => Promise<Made>;
  /** A flow of a branch that is made for it. */
  flow: (branch: string, stages: Record<string, string>) => Promise<Made>;
}

/** For `describe`: where nobody built the programs there is no real server. */
export const REAL = { skip: programs === undefined ? 'no programs: run make release' : false };

/** `prepare`: what stands there besides before the first test. */
export function realInstallation(prepare?: (server: House) => Promise<unknown>): RealInstallation {
  let running: House | undefined;
  const visit = visitor();
  before(async () => {
    running = await house();
    await running.api('POST', '/api/projects', { name: 'shop' });
    await prepare?.(running);
  });
  after(() => running?.close());
  const server = (): House => {
    assert.ok(running);
    return running;
  };

  const branch: RealInstallation['branch'] = async (name, stages = {}) => {
    const { api } = server();
    const made = await api<Made>('POST', '/api/projects/shop/branches', { name });
    for (const [stage, code] of Object.entries(stages)) await api('POST', `/api/branches/${made.id}/stages`, { name: stage, code });
    return made;
  };
  return {
    open: (work, { token, expected = [] } = {}) =>
      visit(token ?? server().token, async ({ page, wrong }) => {
        await work(page, server());
        assert.equal(wrong.filter((message) => !expected.some((part) => message.includes(part))).join('\n'), '');
      }),
    branch,
    flow: async (name, stages) => server().api<Made>('POST', `/api/branches/${(await branch(name, stages)).id}/flows`, {}),
  };
}
