/** The one table. Its keys and sparse indexes are those of `docs/data-model.md`. */
import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Config } from '../config/config';

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const number = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.NUMBER });

/** Names of the sparse indexes. */
export type IndexName = 'todo' | 'queue' | 'list';

const INDEXES: readonly (dynamodb.GlobalSecondaryIndexProps & { indexName: IndexName })[] = [
  { indexName: 'todo', partitionKey: text('todo'), sortKey: number('due'), projectionType: dynamodb.ProjectionType.KEYS_ONLY },
  {
    indexName: 'queue',
    partitionKey: text('queue'),
    sortKey: text('queued'),
    projectionType: dynamodb.ProjectionType.INCLUDE,
    nonKeyAttributes: ['brief'],
  },
  { indexName: 'list', partitionKey: text('list'), sortKey: text('listed'), projectionType: dynamodb.ProjectionType.ALL },
];

/** Makes the table. Encrypted with a key of DynamoDB's own, which costs nothing. */
export function recordsTable(scope: Construct, id: string, config: Config): dynamodb.Table {
  const table = new dynamodb.Table(scope, id, {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expires',
    deletionProtection: config.keepData,
    removalPolicy: config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  for (const index of INDEXES) table.addGlobalSecondaryIndex(index);
  return table;
}
