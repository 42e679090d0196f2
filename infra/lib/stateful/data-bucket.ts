/**
 * The data bucket: stages' code and schemas, and what agents store (logs, artifacts).
 *
 * Not versioned: nothing is ever overwritten but the tail of a log that is still written, once a second; versions of that would cost and
 * tell nothing. What is removed shall be gone.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from '../config/config';
import { accept } from '../nag';

/** Where agents store, each under its own id. */
export const AGENTS_PREFIX = 'agents/';

/** Makes the bucket. Encrypted with keys of S3's own, which cost nothing. */
export function dataBucket(scope: Construct, id: string, config: Config): s3.Bucket {
  const rules: s3.LifecycleRule[] = [
    { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(config.unfinishedUploadsDays) },
  ];
  if (config.agentObjectsDays > 0) {
    rules.push({ id: 'agent-objects', prefix: AGENTS_PREFIX, expiration: Duration.days(config.agentObjectsDays) });
  }
  const bucket = new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // No emulator speaks TLS.
    ...(config.local ? {} : { enforceSSL: true, minimumTLSVersion: 1.2 }),
    lifecycleRules: rules,
    // The web UI reads what presigned addresses lead to. They are secret; from where they are used does not matter.
    ...(config.uiDir === undefined
      ? {}
      : { cors: [{ allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD], allowedOrigins: ['*'], maxAge: 3600 }] }),
    removalPolicy: config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  accept(bucket, {
    'AwsSolutions-S1': 'Access is by presigned addresses and agents’ credentials, both limited; logs of every access would cost more than the storage.',
  });
  return bucket;
}
