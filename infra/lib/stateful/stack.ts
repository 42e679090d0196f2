/** What must not be lost: records and objects. Functions come and go without it. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../config/config';
import { dataBucket } from './data-bucket';
import { NewLogs } from './new-logs';
import { recordsTable } from './records-table';

/** The stack of state. */
export class StatefulStack extends Stack {
  readonly table: dynamodb.Table;
  readonly bucket: s3.Bucket;
  /** Logs that are to be indexed; absent where nothing indexes them. */
  readonly newLogs: NewLogs | undefined;

  constructor(scope: Construct, id: string, config: Config, props: StackProps) {
    super(scope, id, props);
    this.table = recordsTable(this, 'Records', config);
    this.bucket = dataBucket(this, 'Data', config);
    if (config.search.kind !== 'none') this.newLogs = new NewLogs(this, 'NewLogs', config, this.bucket);
    new CfnOutput(this, 'Table', { value: this.table.tableName });
    new CfnOutput(this, 'Bucket', { value: this.bucket.bucketName });
  }
}
