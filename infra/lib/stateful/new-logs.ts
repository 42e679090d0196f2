/**
 * The queue of logs that were stored whole, fed by the bucket itself.
 *
 * Straight from S3, not through EventBridge: a live log is written anew every second, and EventBridge takes money for each event before
 * any rule looks at it. It is beside the bucket because the bucket must name it, and it must let the bucket in.
 */
import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from '../config/config';
import { INDEXER_TIMEOUT } from '../functions/timeouts';
import { FunctionQueue } from '../queue';
import { AGENTS_PREFIX } from './data-bucket';

/** A log is whole when its one object is there. */
const LOG_OBJECT = '/log.gz';

/** The queue, and the bucket's promise to feed it. */
export class NewLogs extends Construct {
  readonly queue: sqs.Queue;
  /** Where messages end that could not be dealt with. */
  readonly deadLetters: sqs.Queue;

  constructor(scope: Construct, id: string, config: Config, bucket: s3.Bucket) {
    super(scope, id);
    const { queue, deadLetters } = new FunctionQueue(this, 'Logs', {
      config,
      name: 'kraken-indexer',
      fifo: false,
      functionTimeout: INDEXER_TIMEOUT,
      waitsAtMost: Duration.hours(1),
      // A search that is away for a night costs nothing but time: a delivery every half hour, so many times.
      deliveries: 30,
      holds: 'logs to be indexed',
    });
    // By account, not by bucket: the policy must be there before the bucket, whose name is not known then.
    queue.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'BucketTells',
        principals: [new iam.ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const inner = bucket.node.defaultChild as s3.CfnBucket;
    inner.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: AGENTS_PREFIX }, { name: 'suffix', value: LOG_OBJECT }] } },
        },
      ],
    };
    const policy = queue.node.tryFindChild('Policy');
    if (policy !== undefined) inner.node.addDependency(policy);
    this.queue = queue;
    this.deadLetters = deadLetters;
  }
}
