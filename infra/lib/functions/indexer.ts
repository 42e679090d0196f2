/** The indexer: puts logs that were stored whole into OpenSearch. Exists only where there is one. */
import { Duration } from 'aws-cdk-lib';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Parts, agentObjects } from './parts';
import { feed } from './queue-source';
import { RustFunction } from './rust-function';
import { INDEXER_TIMEOUT } from './timeouts';

/** The function `indexer`. */
export class Indexer extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts, newLogs: sqs.IQueue) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Indexer', {
      name: 'indexer',
      config: parts.config,
      values: parts.values,
      description: 'Indexes logs for search',
      memoryMib: 512,
      timeout: INDEXER_TIMEOUT,
    });
    this.fn.may('ReadLogs', ['s3:GetObject'], [agentObjects(parts)]);
    feed(this.fn, newLogs, { size: 10, window: Duration.seconds(5) });
  }
}
