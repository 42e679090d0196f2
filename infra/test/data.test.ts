/** What must not be lost is kept, encrypted and private; the table is the one that the records are written for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, it } from 'node:test';
import { APP_DIR } from '../lib/contract';
import { type Template, builtUi, deployment, ofType, only, template } from './support/deployment';
import type { Statement } from './support/readable';

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly { AttributeName: string; KeyType: string }[];
  readonly Projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] };
}

/** An index as a row of the table in docs/data-model.md. */
function row(index: Index, types: ReadonlyMap<string, string>): string {
  const [partition, sort] = index.KeySchema.map((key) => key.AttributeName);
  const carries = { KEYS_ONLY: 'keys', INCLUDE: `keys, \`${index.Projection.NonKeyAttributes?.join('`, `') ?? ''}\``, ALL: 'everything' };
  const kind = types.get(sort ?? '') === 'N' ? 'number' : 'text';
  return `| \`${index.IndexName}\` | \`${partition ?? ''}\` | \`${sort ?? ''}\` (${kind}) | ${carries[index.Projection.ProjectionType as keyof typeof carries]} |`;
}

describe('the table', () => {
  const table = () => only(template('KrakenStateful'), 'AWS::DynamoDB::Table');

  it('has the keys and the sparse indexes of the data model', () => {
    const model = readFileSync(path.join(APP_DIR, '../docs/data-model.md'), 'utf8').split('## Sparse indexes')[1] ?? '';
    const documented = model.split('\n').filter((line) => line.startsWith('| `')).map((line) => `${line.split(' | ').slice(0, 4).join(' | ')} |`);
    const attributes = table().AttributeDefinitions as { AttributeName: string; AttributeType: string }[];
    const types = new Map(attributes.map((one) => [one.AttributeName, one.AttributeType]));
    assert.deepEqual((table().GlobalSecondaryIndexes as Index[]).map((index) => row(index, types)), documented);
    assert.deepEqual(table().KeySchema, [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
  });

  it('is on demand, can be restored to any second, and forgets what expires', () => {
    assert.equal(table().BillingMode, 'PAY_PER_REQUEST');
    assert.deepEqual(table().PointInTimeRecoverySpecification, { PointInTimeRecoveryEnabled: true });
    assert.deepEqual(table().TimeToLiveSpecification, { AttributeName: 'expires', Enabled: true });
    assert.equal(table().DeletionProtectionEnabled, true);
  });
});

describe('data', () => {
  const KEPT = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'];
  const policies = (from: Template) =>
    Object.values(from.Resources).filter((one) => KEPT.includes(one.Type)).map((one) => [one.DeletionPolicy, one.UpdateReplacePolicy]);

  it('outlives its stack', () => {
    assert.deepEqual(policies(template('KrakenStateful')), KEPT.map(() => ['Retain', 'Retain']));
  });

  it('goes with a deployment to throw away', () => {
    const thrown = template('KrakenStateful', { keepData: false });
    assert.deepEqual(policies(thrown), KEPT.map(() => ['Delete', 'Delete']));
    assert.equal(only(thrown, 'AWS::DynamoDB::Table').DeletionProtectionEnabled, false);
  });

  it('is in buckets that are private, encrypted and reached over TLS only', () => {
    for (const [stack, found] of deployment({ web: true, uiDir: builtUi() }).templates) {
      const policies = ofType(found, 'AWS::S3::BucketPolicy').map(([, policy]) => policy);
      for (const [id, bucket] of ofType(found, 'AWS::S3::Bucket')) {
        assert.deepEqual(Object.values(bucket.PublicAccessBlockConfiguration as object), [true, true, true, true], `${stack} ${id}`);
        assert.match(JSON.stringify(bucket.BucketEncryption), /AES256/);
        const policy = policies.find((one) => (one.Bucket as { Ref: string }).Ref === id)?.PolicyDocument as { Statement: Statement[] };
        const refusals = policy.Statement.filter((one) => one.Effect === 'Deny').map((one) => one.Condition);
        assert.deepEqual(refusals, [{ Bool: { 'aws:SecureTransport': 'false' } }, { NumericLessThan: { 's3:TlsVersion': 1.2 } }]);
        assert.ok(!policy.Statement.some((one) => one.Effect === 'Allow' && one.Condition === undefined), `${stack} ${id} lets anybody in`);
      }
    }
  });

  it('is removed from the bucket by age only as chosen', () => {
    const rules = (values: object) =>
      (only(template('KrakenStateful', { ...values }), 'AWS::S3::Bucket').LifecycleConfiguration as { Rules: unknown }).Rules;
    const unfinished = { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Id: 'unfinished-uploads', Status: 'Enabled' };
    assert.deepEqual(rules({}), [unfinished]);
    assert.deepEqual(rules({ agentObjectsDays: 90 }), [unfinished, { ExpirationInDays: 90, Id: 'agent-objects', Prefix: 'agents/', Status: 'Enabled' }]);
  });
});
