// Every page × light and dark × wide and narrow: accessible, no error, nothing that the Content-Security-Policy refuses,
// no sideways scrolling. Screenshots are kept in .cache/screenshots, to be looked at.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { TOKEN } from './api.ts';
import { axe, shoot } from './axe.ts';
import { installation } from './installation.ts';
import { NARROW, type Theme, WIDE } from './open.ts';
import { AWKWARD, FLOW, LARGE_RUN, NOW, STRIPPED } from './world.ts';

const path = encodeURIComponent;

/** Name → address, what must be seen before the page is looked at, and what is pressed before that. */
const PAGES: [name: string, address: string, seen: string, press?: string][] = [
  ['login', '/', 'text=Sign in to Kraken'],
  ['home', '/', '.strip-bar'],
  ['home-starred', '/', 'h2:has-text("My branches")', '[aria-label="Make release/1.4 one of my branches"]'],
  ['project', '/p/kraken', '.strip-bar'],
  ['project-awkward', `/p/${path(AWKWARD.html)}`, '.strip-bar'],
  ['branch', '/p/kraken/b/main', '.cell'],
  ['branch-empty', '/p/warehouse/b/empty', '.empty'],
  ['stages', '/p/kraken/b/main/settings/stages', '.cm-content'],
  ['stage-new', '/p/kraken/b/main/settings/stages?stage=new', '.cm-content'],
  ['stage-right', '/p/kraken/b/main/settings/stages?stage=01m82stg000000000000000003', 'text=A run has 3 jobs'],
  ['step-new', '/p/kraken/b/main/settings/stages?stage=01m82stg000000000000000003', '.dialog .snippet', 'button:has-text("Step…")'],
  ['stage-describe', '/p/kraken/b/main/settings/stages?stage=01m82stg000000000000000003', '.dialog', 'button:has-text("Describe…")'],
  ['stage-source', '/p/kraken/b/main/settings/stages?stage=01m82stg000000000000000005', '.dialog', 'button:has-text("Change source…")'],
  ['branch-fork', '/p/kraken/b/main/settings/branch', '.dialog', 'button:has-text("Fork…")'],
  ['branch-move', '/p/kraken/b/main/settings/branch', '.dialog', 'button:has-text("Move…")'],
  ['stage-repo', '/p/kraken/b/main/settings/stages?stage=01m82stg000000000000000005', '.cm-content'],
  ['stage-new-repo', '/p/kraken/b/main/settings/stages?stage=new&from=repo', 'text=Make stage'],
  ['triggers', '/p/kraken/b/main/settings/triggers', '.trigger'],
  ['triggers-none', '/p/warehouse/b/empty/settings/triggers', '.empty'],
  ['branch-secrets', '/p/kraken/b/main/settings/secrets', '.table'],
  ['env', '/p/kraken/b/main/settings/env', '.variable'],
  ['env-none', '/p/warehouse/b/empty/settings/env', '.empty'],
  ['sequences', '/p/kraken/b/main/settings/sequences', '.line-field'],
  ['retention', '/p/kraken/b/main/settings/retention', 'text=A CI flow is kept'],
  ['badges', '/p/kraken/b/main/settings/badges', '.badge-picture img'],
  ['branch-access', '/p/kraken/b/main/settings/access', '.table'],
  ['branch-settings', '/p/kraken/b/main/settings/branch', 'text=Save names'],
  ['branch-archived', `/p/${path(AWKWARD.html)}/b/${AWKWARD.long}/settings/branch`, '.banner'],
  ['branch-dev', '/p/kraken/b/main?kind=dev', '.cell'],
  ['branch-turned', '/p/kraken/b/main?state=turned', '.cell'],
  ['new-flow', '/p/kraken/b/main/run', 'text=Start flow'],
  ['new-flow-filled', '/p/kraken/b/main/run?kind=dev&source=a%20b&args=%7B%22WHERE%22%3A%22nowhere%22%2C%22MORE%22%3A%22x%22%7D', '.field-wrong'],
  ['flow', `/flows/${FLOW}`, '.graph-node'],
  ['flow-artifacts', `/flows/${FLOW}?tab=artifacts`, '.table'],
  ['flow-reports', `/flows/${FLOW}?tab=reports`, '.table'],
  ['flow-changes', `/flows/${FLOW}?tab=changes`, '.lines'],
  ['flow-arguments', `/flows/${FLOW}?tab=arguments`, '.values'],
  ['flow-data', `/flows/${FLOW}?tab=data`, '.json'],
  ['flow-failed', `/flows/01m82flw000000000000000198`, '.graph-node'],
  ['flow-stripped', `/flows/${STRIPPED}`, '.facts:has-text("removed on")'],
  ['flow-stripped-artifacts', `/flows/${STRIPPED}?tab=artifacts`, '.banner'],
  ['flow-data-large', `/flows/${STRIPPED}?tab=data`, '.json'],
  ['compare', '/compare/01m82flw000000000000000194..01m82flw000000000000000198', '.table'],
  ['compare-nothing', '/compare/one', '.empty'],
  ['flow-missing', '/flows/01m82htcs14dfhje6cb0941ce4', '.problem'],
  ['run', `/runs/${FLOW}-4`, '.table'],
  ['run-notices', `/runs/${FLOW}-4?tab=notices`, '.outcomes'],
  ['run-reports', `/runs/${FLOW}-4?tab=reports`, '.table'],
  ['run-reports-gone', `/runs/${STRIPPED}-4?tab=reports`, '.banner'],
  ['run-large', `/runs/${LARGE_RUN}?state=failed&sort=-took`, '.table'],
  ['job-failed', `/jobs/${FLOW}-4-1#L2980-L2990`, '.log-row.selected'],
  ['job-running', `/jobs/${FLOW}-5-2`, '.log-row:not(.missing)'],
  ['run-stripped', `/runs/${STRIPPED}-4?tab=artifacts`, '.banner'],
  ['job-stripped', `/jobs/${STRIPPED}-4-1`, '.banner:has-text("removed on")'],
  ['job-queued', `/jobs/${FLOW}-5-3`, '.banner'],
  ['queue', '/queue', '.table'],
  ['queue-group', `/queue?group=${path(AWKWARD.long)}&sort=-waits`, '.table'],
  ['search', '/search?q=needle', '.found-line'],
  ['search-names', '/search?q=release', '.place'],
  ['search-empty', '/search', '.empty'],
  ['agents', '/agents', '.table'],
  ['agent', '/agents/01m82agt000000000000000007', '.utilisation'],
  ['groups', '/groups', '.table'],
  ['group', '/groups/hw-rig', '.table'],
  ['tokens', '/admin/tokens', '.table'],
  ['admin-settings', '/admin/settings', 'text=Mail server'],
  ['admin-audit', '/admin/audit', '.audit-row'],
  ['admin-audit-none', '/admin/audit?actor=nobody&from=2026-11-01', '.empty'],
  ['admin-diagnostics', '/admin/diagnostics', 'text=Queues between'],
  ['admin-tools', '/admin/tools', '.tool-field'],
  ['admin-tools-step', '/admin/tools?tool=every-step', '.tool-field'],
  ['me', '/me', '.segments'],
  ['project-settings', '/p/kraken/settings', '.copy-line'],
  ['project-settings-awkward', `/p/${path(AWKWARD.long)}/settings/general`, '.facts'],
  ['project-secrets', '/p/kraken/settings/secrets', '.table'],
  ['project-secrets-none', '/p/warehouse/settings/secrets', '.empty'],
  ['project-webhooks', '/p/kraken/settings/webhooks', '.outcomes'],
  ['project-webhook-lost', '/p/kraken/settings/webhooks?host=gitlab', '.banner'],
  ['project-webhook-none', '/p/kraken/settings/webhooks?host=gitea', '.empty'],
  ['secret-new', '/p/kraken/settings/secrets', '.dialog', 'button:has-text("New secret")'],
  ['secret-replace', '/p/kraken/settings/secrets', '.dialog', 'button[aria-label="Replace deploy"]'],
  ['webhook-made', '/p/kraken/settings/webhooks?host=gitea', '.dialog .copy-line', 'button:has-text("Set up the webhook")'],
  ['webhook-rotate', '/p/kraken/settings/webhooks?host=github', '.dialog', 'button:has-text("New key")'],
  ['token-new', '/admin/tokens', '.dialog', 'button:has-text("New token")'],
  ['agent-enrol', '/agents', '.dialog', 'button:has-text("Add an agent")'],
  ['project-notifications', '/p/kraken/settings/notifications?channel=slack&on=failure%2Cfixed', '.snippet'],
  ['project-access', '/p/kraken/settings/access', '.table'],
  ['nothing', '/no/such/page', 'text=Nothing here'],
  ['design', '/design', '.table'],
];

for (const theme of ['light', 'dark'] satisfies Theme[]) {
  for (const size of [WIDE, NARROW]) {
    describe(`${theme}, ${size.width} px`, () => {
      const { open } = installation(size, theme);

      for (const [name, address, seen, press] of PAGES) {
        it(name, () =>
          open(
            async (page, url, wrong) => {
              if (name === 'login') await page.addInitScript(() => localStorage.removeItem('kraken.token'));
              await page.clock.install({ time: NOW });
              await page.goto(url + address);
              if (press !== undefined) await page.click(press);
              await page.waitForSelector(seen);
              await page.clock.runFor(1500);
              await page.waitForLoadState('networkidle');
              await shoot(page, `${name}-${theme}-${size.width}`);
              const expected = (message: string) => name === 'flow-missing' && message.includes('404');
              assert.equal(wrong.filter((message) => !expected(message)).join('\n'), '');
              assert.equal((await axe(page)).join('\n'), '');
              const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
              assert.ok(over <= 0, `the page is ${over} px wider than the window`);
            },
            { token: name === 'login' ? '' : TOKEN },
          ));
      }
    });
  }
}
