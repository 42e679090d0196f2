/** Puts the files of the web UI into their bucket, by the toolkit's own function. */
import { Stack } from 'aws-cdk-lib';
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { accept } from '../nag';

const TOOLKIT = 'The toolkit’s own function, which runs only while the UI is deployed, with the rights that the toolkit gives it.';

/** Uploads `uiDir` with every deployment that changes it. */
export function uploadFiles(scope: Construct, id: string, bucket: s3.Bucket, distribution: cloudfront.Distribution, uiDir: string): void {
  new BucketDeployment(scope, id, {
    // CloudFront compresses by itself.
    sources: [Source.asset(uiDir, { exclude: ['*.gz', '*.br'] })],
    destinationBucket: bucket,
    distribution,
    distributionPaths: ['/index.html'],
    // Browsers that still have the page before ask for its files.
    prune: false,
  });
  const stack = Stack.of(scope);
  const logicalId = stack.getLogicalId(bucket.node.defaultChild as s3.CfnBucket);
  const findings = [
    'L1',
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    ...['GetBucket*', 'GetObject*', 'List*', 'Abort*', 'DeleteObject*'].map((action) => `IAM5[Action::s3:${action}]`),
    'IAM5[Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*]',
    `IAM5[Resource::<${logicalId}.Arn>/*]`,
    'IAM5[Resource::*]',
  ];
  for (const child of stack.node.children.filter((child) => child.node.id.startsWith('Custom::CDKBucketDeployment'))) {
    accept(child, Object.fromEntries(findings.map((finding) => [`AwsSolutions-${finding}`, TOOLKIT])));
  }
}
