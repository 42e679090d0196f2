/** No policy of any stack names all actions; all resources only where there is no other way, with the reason. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { AGENT_HOSTS, builtUi, deployment } from './support/deployment';
import { type Statement, list } from './support/readable';

const OBJECT_MARKS = 's3:PutObjectLegalHold,s3:PutObjectRetention,s3:PutObjectTagging,s3:PutObjectVersionTagging';

/** Where `*` stands for all resources. */
const ALL_RESOURCES: Readonly<Record<string, string>> = {
  'KrakenWeb CustomCDKBucketDeployment cloudfront:CreateInvalidation,cloudfront:GetInvalidation': 'the toolkit’s own function',
};

/** Actions with a wildcard. */
const MANY_ACTIONS: Readonly<Record<string, string>> = {
  'KrakenSearch Logs es:ESHttp*': 'the account’s own policies decide',
  'KrakenWeb CustomCDKBucketDeployment s3:GetBucket*,s3:GetObject*,s3:List*': 'the toolkit’s own function',
  [`KrakenWeb CustomCDKBucketDeployment s3:Abort*,s3:DeleteObject*,s3:GetBucket*,s3:GetObject*,s3:List*,s3:PutObject,${OBJECT_MARKS}`]:
    'the toolkit’s own function',
};

function statementsIn(value: unknown): Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = (value as { Statement?: unknown }).Statement;
  const found = own === undefined ? [] : list(own as Statement | Statement[]);
  return [...found, ...Object.values(value).flatMap(statementsIn)];
}

function wide(): { actions: Set<string>; resources: Set<string> } {
  const actions = new Set<string>();
  const resources = new Set<string>();
  for (const [stack, template] of deployment({ search: 'domain', web: true, uiDir: builtUi(), ...AGENT_HOSTS }).templates) {
    for (const [id, resource] of Object.entries(template.Resources)) {
      for (const statement of statementsIn(resource.Properties)) {
        if (statement.Effect === 'Deny') continue;
        const where = `${stack} ${id.replace(/[0-9A-F]{8}.*$/, '')} ${list(statement.Action).join(',')}`;
        if (list(statement.Action).some((action) => action.includes('*'))) actions.add(where);
        if (statement.Resource === '*') resources.add(where);
      }
    }
  }
  return { actions, resources };
}

it('wildcards are those that have a reason', () => {
  const { actions, resources } = wide();
  assert.deepEqual([...actions].sort(), Object.keys(MANY_ACTIONS).sort());
  assert.deepEqual([...resources].sort(), Object.keys(ALL_RESOURCES).sort());
});
