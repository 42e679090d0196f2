/**
 * The web UI: a private bucket behind CloudFront, with the API on the same origin, as the UI's Content-Security-Policy wants it.
 *
 * An address without a file is a page of the UI, which finds its way itself; so a missing file is answered by `index.html`, but what the API
 * says under `/api/` is never touched.
 */
import { CfnOutput, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { existsSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Construct } from 'constructs';
import type { Config } from '../config/config';
import { refuse } from '../config/context';
import { accept } from '../nag';
import { uploadFiles } from './files';
import { securityHeaders } from './headers';

/** What is no file of the UI is a page of it; a file below `/assets/` that is gone stays an error. */
const pages = (files: readonly string[]) => `var files = ${JSON.stringify(files)};
function handler(event) {
  var request = event.request;
  if (request.uri.indexOf('/assets/') !== 0 && files.indexOf(request.uri) < 0) request.uri = '/index.html';
  return request;
}`;

/** What the UI is built from and talks to. */
export interface WebStackProps extends StackProps {
  readonly config: Config;
  readonly uiDir: string;
  readonly apiUrl: string;
  /** Where logs and artifacts are. */
  readonly data: s3.IBucket;
}

/** The stack of the web UI. */
export class WebStack extends Stack {
  constructor(scope: Construct, id: string, props: WebStackProps) {
    super(scope, id, props);
    if (!existsSync(path.join(props.uiDir, 'index.html'))) refuse('uiDir', props.uiDir, 'the folder of the built web UI, with index.html');
    const bucket = this.bucket(props.config);
    const distribution = this.distribution(bucket, props);
    // An emulator has no custom resource that could fill the bucket: whoever runs one does it.
    if (!props.config.local) uploadFiles(this, 'Files', bucket, distribution, props.uiDir);
    new CfnOutput(this, 'Url', { value: `https://${distribution.distributionDomainName}` });
    new CfnOutput(this, 'Bucket', { value: bucket.bucketName });
  }

  private bucket(config: Config): s3.Bucket {
    const bucket = new s3.Bucket(this, 'Ui', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      ...(config.local ? {} : { enforceSSL: true, minimumTLSVersion: 1.2 }),
      // The same files come with every deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    accept(bucket, { 'AwsSolutions-S1': 'Holds the files of the UI, which are no secret; only CloudFront reads them.' });
    return bucket;
  }

  private distribution(bucket: s3.Bucket, { apiUrl, data, uiDir }: WebStackProps): cloudfront.Distribution {
    const distribution = new cloudfront.Distribution(this, 'Web', {
      comment: 'Kraken',
      defaultRootObject: 'index.html',
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: securityHeaders(this, 'Headers', `https://${data.bucketRegionalDomainName}`),
        functionAssociations: [{ function: this.pages(uiDir), eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }],
      },
      additionalBehaviors: {
        '/api/*': {
          origin: new origins.HttpOrigin(Fn.select(2, Fn.split('/', apiUrl)), {
            originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
          }),
          viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
          cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
          originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    accept(distribution, {
      'AwsSolutions-CFR1': 'Who may come from where is the owner’s choice; every request of the API needs a token.',
      'AwsSolutions-CFR2': 'A firewall costs money while idle; the API has a limit of requests.',
      'AwsSolutions-CFR3': 'The API logs what it is asked; files of the UI are no secret.',
      'AwsSolutions-CFR4': 'CloudFront’s own certificate allows no other choice; a domain name of one’s own does.',
    });
    return distribution;
  }

  private pages(uiDir: string): cloudfront.Function {
    const files = readdirSync(uiDir, { withFileTypes: true }).filter((entry) => entry.isFile() && !/\.(gz|br)$/.test(entry.name));
    return new cloudfront.Function(this, 'Pages', {
      comment: 'Answers pages of the UI by index.html',
      code: cloudfront.FunctionCode.fromInline(pages(files.map((entry) => `/${entry.name}`).sort())),
      runtime: cloudfront.FunctionRuntime.JS_2_0,
    });
  }
}
