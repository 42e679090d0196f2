/**
 * The indexer: puts logs into OpenSearch: those that were stored whole, and what the other functions log. Exists only where there is one.
 *
 * It is not told of its own log: each of its lines would call it again.
 */
import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import type { NewLogs } from '../stateful/new-logs';
import { type Parts, agentObjects } from './parts';
import { feed } from './queue-source';
import { RustFunction } from './rust-function';
import { INDEXER_TIMEOUT } from './timeouts';

/** The function `indexer`. */
export class Indexer extends Construct {
  readonly fn: RustFunction;

  constructor(scope: Construct, id: string, parts: Parts, newLogs: NewLogs) {
    super(scope, id);
    this.fn = new RustFunction(this, 'Indexer', {
      name: 'indexer',
      config: parts.config,
      values: parts.values,
      description: 'Indexes logs for search',
      memoryMib: 512,
      timeout: INDEXER_TIMEOUT,
    });
    this.fn.may('ReadJobs', ['dynamodb:GetItem'], [parts.table.tableArn]);
    this.fn.may('ReadLogs', ['s3:GetObject'], [agentObjects(parts)]);
    // Without it the store says "forbidden" and not "no such object", as of an index that comes a moment after its log.
    this.fn.may('ListObjects', ['s3:ListBucket'], [parts.bucket.bucketArn]);
    feed(this.fn, newLogs.queue, { size: 1 });
    // What functions logged comes without a queue; what fails of it three times waits with the other dead letters.
    this.fn.may('KeepFailed', ['sqs:SendMessage'], [newLogs.deadLetters.queueArn]);
    // Set on the resource itself: the library would give the right once more, under no name.
    (this.fn.lambda.node.defaultChild as lambda.CfnFunction).deadLetterConfig = { targetArn: newLogs.deadLetters.queueArn };
    this.forgetDaily();
  }

  /** Has the log of `other` brought here. */
  hear(other: RustFunction): void {
    new logs.SubscriptionFilter(other, 'Indexed', {
      logGroup: other.log,
      destination: new LambdaDestination(this.fn.lambda),
      filterPattern: logs.FilterPattern.allEvents(),
      filterName: 'kraken-indexer',
    });
  }

  /** Once a day, indices that are too old are removed. */
  private forgetDaily(): void {
    new events.Rule(this.fn, 'Daily', {
      description: 'Kraken: lines of logs that are too old to be searched',
      schedule: events.Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(this.fn.lambda, { event: events.RuleTargetInput.fromObject({ forget: true }) })],
    });
  }
}
