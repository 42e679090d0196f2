/** An OpenSearch domain of one small node: for logs that can be indexed again from the bucket. */
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as opensearch from 'aws-cdk-lib/aws-opensearchservice';
import type { Construct } from 'constructs';
import { accept } from '../nag';
import { type Several, nameInOtherStacks } from '../rights';
import type { SearchTarget } from './target';

const NAME = 'kraken-logs';
const DISK_GIB = 20;

function indices(domain: opensearch.Domain): Several {
  return {
    arn: `${domain.domainArn}/*`,
    finding: `${nameInOtherStacks(domain.domainArn, domain)}/*`,
    reason: 'All indices there are Kraken’s; they are made by time.',
  };
}

/** Makes the domain. */
export function searchDomain(scope: Construct, id: string): SearchTarget {
  const domain = new opensearch.Domain(scope, id, {
    domainName: NAME,
    version: opensearch.EngineVersion.openSearch('2.19'),
    capacity: { dataNodes: 1, dataNodeInstanceType: 't3.small.search', multiAzWithStandbyEnabled: false },
    ebs: { volumeSize: DISK_GIB, volumeType: ec2.EbsDeviceVolumeType.GP3 },
    encryptionAtRest: { enabled: true },
    nodeToNodeEncryption: true,
    enforceHttps: true,
    tlsSecurityPolicy: opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // The account's roles, each as far as its own policy goes; nobody without a signature.
  const account = new iam.PolicyStatement({
    sid: 'AccountDecides',
    principals: [new iam.AccountRootPrincipal()],
    actions: ['es:ESHttp*'],
    resources: [Stack.of(scope).formatArn({ service: 'es', resource: 'domain', resourceName: `${NAME}/*` })],
  });
  // Set on the resource itself: the library would send a function of its own to do it.
  (domain.node.defaultChild as opensearch.CfnDomain).accessPolicies = new iam.PolicyDocument({ statements: [account] });
  accept(domain, {
    'AwsSolutions-OS1': 'The functions are in no VPC, which would cost a NAT gateway; requests are signed and over TLS.',
    'AwsSolutions-OS3': 'Functions have no fixed addresses; their roles’ policies say who may come in.',
    'AwsSolutions-OS4': 'One node: what is lost is indexed again from the bucket.',
    'AwsSolutions-OS7': 'One node: what is lost is indexed again from the bucket.',
    'AwsSolutions-OS9[LogExport::SEARCH_SLOW_LOGS]': 'Slow logs are turned on when something is slow.',
    'AwsSolutions-OS9[LogExport::INDEX_SLOW_LOGS]': 'Slow logs are turned on when something is slow.',
  });
  return {
    url: `https://${domain.domainEndpoint}`,
    allow: (_scope, { writer, reader, remover }) => {
      const everything = [indices(domain)];
      // GET and DELETE: indices older than the retention are found and removed.
      writer.may('IndexLogs', ['es:ESHttpGet', 'es:ESHttpPut', 'es:ESHttpPost', 'es:ESHttpDelete'], everything);
      reader.may('SearchLogs', ['es:ESHttpPost'], everything);
      // Found and deleted by their ids, both with POST.
      remover.may('ForgetLogs', ['es:ESHttpPost'], everything);
    },
  };
}
