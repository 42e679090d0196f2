/** Context values: what is wrong is refused with the key, the value and what was expected. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../lib/app';
import { ContextError } from '../lib/config/context';
import { APP_DIR } from '../lib/contract';
import { AGENT_HOSTS, configOf, functionsFor } from './support/deployment';

const REFUSED: readonly [Readonly<Record<string, unknown>>, string][] = [
  [{ arch: 'mips' }, 'context value "arch" is "mips": expected "x86_64" or "arm64"'],
  [{ local: 'yes' }, 'context value "local" is "yes": expected "true" or "false"'],
  [{ keepData: 0 }, 'context value "keepData" is 0: expected "true" or "false"'],
  [{ search: 'elastic' }, 'context value "search" is "elastic": expected "none", "domain", "serverless" or "endpoint:'],
  [{ search: 'endpoint:search.example.com' }, 'context value "search" is "endpoint:search.example.com": expected'],
  [{ search: 'endpoint:https://me:secret@search.example.com' }, 'expected "none", "domain", "serverless" or "endpoint:'],
  [{ search: 'domain', local: true }, 'context value "search" is "domain": expected "none" or "endpoint:<URL>" where "local" is true'],
  [{ searchDays: 0 }, 'context value "searchDays" is 0: expected a whole number from 1 to 3650'],
  [{ searchPasswordParameter: 'me:secret' }, 'expected the name of an SSM parameter such as /kraken/search'],
  [{ searchPasswordParameter: '/kraken/search' }, 'expected no such value unless "search" is "endpoint:https://…"'],
  [{ search: 'domain', searchPasswordParameter: '/kraken/search' }, 'expected no such value unless "search" is "endpoint:https://…"'],
  [{ search: 'endpoint:http://search', searchPasswordParameter: '/kraken/search' }, 'expected no such value unless "search" is "endpoint:https://…"'],
  [{ publicUrl: 'http://ci.example.com' }, 'context value "publicUrl" is "http://ci.example.com": expected an https:// address'],
  [{ publicUrl: 'https://ci.example.com/kraken' }, 'expected an https:// address without path'],
  [{ log: 'info; rm' }, 'context value "log" is "info; rm": expected a log filter'],
  [{ logRetentionDays: '31' }, 'context value "logRetentionDays" is "31": expected one of 1, 3, 5, 7, 14, 30,'],
  [{ agentObjectsDays: -1 }, 'context value "agentObjectsDays" is -1: expected a whole number from 0 to 3650'],
  [{ unfinishedUploadsDays: '1.5' }, 'context value "unfinishedUploadsDays" is "1.5": expected a whole number from 1 to 365'],
  [{ metrics: 'on' }, 'context value "metrics" is "on": expected "true" or "false"'],
  [{ accessLogs: 'all' }, 'context value "accessLogs" is "all": expected "true" or "false"'],
  [{ sealingKmsKey: 'alias/ours' }, 'context value "sealingKmsKey" is "alias/ours": expected the ARN of a KMS key'],
  [{ web: 1 }, 'context value "web" is 1: expected "true" or "false"'],
  [{ agentDiskGib: 4 }, 'context value "agentDiskGib" is 4: expected a whole number from 8 to 16384'],
  [{ alarms: 'some' }, 'context value "alarms" is "some": expected "all" or "essential" or "one" or "none"'],
  [{ alarmTopic: 'on-call' }, 'context value "alarmTopic" is "on-call": expected the ARN of an SNS topic'],
  [{ runbook: 'runbook.md#top' }, 'context value "runbook" is "runbook.md#top": expected an address without anchor'],
  [{ functionsDir: '' }, 'context value "functionsDir" is "": expected a path'],
  [{ serach: 'none' }, 'context value "serach" is "none": expected no such key; there are'],
  [{ agentHosts: true }, 'context value "agentProgram" is undefined: expected https://… or s3://bucket/key'],
  [{ ...AGENT_HOSTS, local: true }, 'context value "agentHosts" is true: expected "false" where "local" is true'],
  [{ ...AGENT_HOSTS, agentProgram: 'https://example.com/a;b' }, 'context value "agentProgram" is "https://example.com/a;b"'],
  [{ ...AGENT_HOSTS, agentProgramSha256: 'abc' }, 'context value "agentProgramSha256" is "abc": expected 64 hexadecimal digits'],
  [{ ...AGENT_HOSTS, agentEnrolment: 'the-token-itself' }, 'expected the ARN of an SSM parameter or a Secrets Manager secret'],
  [{ agentInstanceType: 'big' }, 'context value "agentInstanceType" is "big": expected an EC2 instance type'],
];

function isContextError(said: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ContextError);
    assert.ok(error.message.includes(said), `${error.message}\ndoes not say\n${said}`);
    return true;
  };
}

describe('a context value', () => {
  for (const [values, said] of REFUSED) {
    it(`that is wrong is refused: ${said}`, () => {
      assert.throws(() => configOf(values), isContextError(said));
    });
  }

  it('may come as text, as from the command line', () => {
    const config = configOf({ web: 'true', uiDir: '/ui', agentObjectsDays: '90', logRetentionDays: '7' });
    assert.deepEqual([config.uiDir, config.agentObjectsDays, config.logRetentionDays], ['/ui', 90, 7]);
  });

  it('of the toolkit itself is none of ours', () => {
    assert.doesNotThrow(() => configOf({ 'aws:cdk:bundling-stacks': ['**'], '@aws-cdk/core:any': true, 'acknowledged-issue-numbers': [1] }));
  });
});

describe('the table of context values in the README', () => {
  it('has each value that there is, and no other', () => {
    const section = readFileSync(path.join(APP_DIR, 'README.md'), 'utf8').split('## Context values')[1]?.split('\n## ')[0] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const told = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, key]) => key));
    assert.throws(() => configOf({ nothing: true }), (error) => {
      // All that is read, in the order of the alphabet.
      const known = /no such key; there are (.+)$/.exec((error as Error).message)?.[1]?.split(', ');
      assert.deepEqual([...told].sort(), known);
      return true;
    });
  });
});

describe('programs', () => {
  const stacks = (values: Readonly<Record<string, unknown>>) => () => {
    addStacks(new App(), configOf(values));
  };

  it('that are missing are refused with the place where they were looked for', () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'kraken-empty-'));
    assert.throws(stacks({ functionsDir: empty }), isContextError(`"functionsDir" is ${JSON.stringify(empty)}: expected a folder with api/bootstrap`));
  });

  it('for another processor are refused', () => {
    assert.throws(stacks({ arch: 'arm64', functionsDir: functionsFor('x86_64') }), isContextError('is built for x86_64'));
  });

  it('of a web UI that is not built are asked for', () => {
    assert.throws(stacks({ web: true, uiDir: '/nowhere' }), isContextError('"uiDir" is "/nowhere": expected the folder of the built web UI'));
  });
});
