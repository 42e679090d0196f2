/** Who may do what in a collection: beside the rights of its role, each user needs a rule of the collection's own policy. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deployment, functionRole, only, template } from './support/deployment';
import { Readable } from './support/readable';

const SEARCH = { search: 'serverless' };

/** Named as the policy names it. */
const role = (name: string) => `AWS::IAM::Role ${functionRole(name, SEARCH).replace(/[0-9A-F]{8}$/, '')}`;
const indices = (...Permission: string[]) => ({ ResourceType: 'index', Resource: ['index/kraken-logs/*'], Permission });
const collection = (...Permission: string[]) => ({ ResourceType: 'collection', Resource: ['collection/kraken-logs'], Permission });

it('the indexer keeps indices and their template, api reads lines, the watchdog finds and removes them', () => {
  const { Type: type, Policy: policy } = only(template('KrakenControl', SEARCH), 'AWS::OpenSearchServerless::AccessPolicy');
  assert.equal(type, 'data');
  assert.deepEqual(JSON.parse(new Readable(deployment(SEARCH)).text(policy, 'KrakenControl')), [
    {
      Rules: [
        indices('aoss:CreateIndex', 'aoss:DeleteIndex', 'aoss:UpdateIndex', 'aoss:DescribeIndex', 'aoss:WriteDocument'),
        collection('aoss:CreateCollectionItems', 'aoss:DescribeCollectionItems', 'aoss:UpdateCollectionItems'),
      ],
      Principal: [role('indexer')],
    },
    { Rules: [indices('aoss:DescribeIndex', 'aoss:ReadDocument')], Principal: [role('api')] },
    { Rules: [indices('aoss:DescribeIndex', 'aoss:ReadDocument', 'aoss:WriteDocument')], Principal: [role('watchdog')] },
  ]);
});
