// The made-up installation and a browser, for all tests of one `describe`. A test may answer calls itself before the installation does.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { after, before } from 'node:test';

import type { Page } from 'playwright-core';

import type { Me } from '../src/api/generated/types.gen.ts';
import { type Given, send } from './answers.ts';
import { fixtures, TOKEN } from './api.ts';
import type { Size, Theme } from './open.ts';
import { type Handler, serve, type Served } from './serve.ts';
import { visitor } from './visitor.ts';

/** What the API does before all else; `true`: it does not answer as usual. */
export type Instead = (...call: Parameters<Handler>) => boolean;

interface How {
  /** `''`: signed out. */
  token?: string;
  instead?: Instead | undefined;
}

export interface Installation {
  /** Asked before the installation, until the page is closed. */
  instead: Instead | undefined;
  /** `url`: where it is served. `wrong`: what went wrong in the page so far. */
  open: (work: (page: Page, url: string, wrong: readonly string[]) => Promise<void>, how?: How) => Promise<void>;
}

export function installation(size?: Size, theme?: Theme): Installation {
  let server: Served | undefined;
  const visit = visitor(size, theme);
  before(async () => {
    server = await serve((request, response) => (made.instead?.(request, response) ? undefined : fixtures(request, response)));
  });
  after(() => server?.close());

  const made: Installation = {
    instead: undefined,
    open: (work, { token = TOKEN, instead } = {}) =>
      visit(token, async ({ page, wrong }) => {
        assert.ok(server);
        made.instead = instead;
        try {
          await work(page, server.url, wrong);
        } finally {
          made.instead = undefined;
        }
      }),
  };
  return made;
}

/** Answers what is asked for at an address, or looks like it; leaves all else to the installation. */
export const answering =
  (asked: string | ((request: IncomingMessage) => boolean), given: Given | ((request: IncomingMessage) => Given | Promise<Given>)): Instead =>
  (request, response) => {
    if (!(typeof asked === 'string' ? request.url === asked : asked(request))) return false;
    void Promise.resolve(typeof given === 'function' ? given(request) : given).then((answer) => send(response, answer));
    return true;
  };

/** Whoever is signed in may only look. */
export const asViewer: Instead = answering('/api/me', { body: { token: 'tok', name: 'Vera', grants: [{ role: 'viewer', project: null }], expires_at: null } satisfies Me });
