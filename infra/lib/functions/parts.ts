/** What functions work with: the same for each, none of it implies a right to use it. */
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Config } from '../config/config';
import type { Values } from '../contract';
import { type Several, objects } from '../rights';
import { AGENTS_PREFIX } from '../stateful/data-bucket';
import type { IndexName } from '../stateful/records-table';

/** The parts of a deployment. */
export interface Parts {
  readonly config: Config;
  readonly table: dynamodb.ITable;
  readonly bucket: s3.IBucket;
  readonly bus: events.IEventBus;
  readonly schedulerQueue: sqs.IQueue;
  readonly resultsQueue: sqs.IQueue;
  /** Values of the variables in the contract. */
  readonly values: Values;
}

/** The sparse index `name` of the table. */
export function indexArn(parts: Parts, name: IndexName): string {
  return `${parts.table.tableArn}/index/${name}`;
}

/** The code of stages, by hash. */
export function stagesCode(parts: Parts): Several {
  return objects(parts.bucket, 'code/');
}

/** What runs were started with, by hash. */
export function runSpecs(parts: Parts): Several {
  return objects(parts.bucket, 'specs/');
}

/** What agents stored. */
export function agentObjects(parts: Parts): Several {
  return objects(parts.bucket, AGENTS_PREFIX);
}
