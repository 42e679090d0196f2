/** cdk-nag finds nothing that has no reason, in whatever is deployed. */
import assert from 'node:assert/strict';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { AGENT_HOSTS, type ContextValues, builtUi, deployment } from './support/deployment';

const DEPLOYMENTS: Readonly<Record<string, ContextValues>> = {
  'the default': {},
  'a domain, the web UI, build hosts': { search: 'domain', web: true, uiDir: builtUi(), ...AGENT_HOSTS },
  'a collection, access logs': { search: 'serverless', accessLogs: true },
  'an existing search, nothing kept': { search: 'endpoint:https://search.example.com', keepData: false },
};

describe('cdk-nag', () => {
  for (const [name, values] of Object.entries(DEPLOYMENTS)) {
    it(`is content with ${name}`, () => {
      assert.doesNotThrow(() => deployment(values));
    });
  }

  it('would find a bucket without protection', () => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'kraken-nag-'));
    const app = new App({ outdir });
    new Bucket(new Stack(app, 'Bare'), 'Bare');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    assert.throws(() => app.synth(), /Validation failed/);
    assert.match(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8'), /AwsSolutions-S10/);
    rmSync(outdir, { recursive: true });
  });
});
