/** An OpenSearch Serverless collection. Of type SEARCH: a collection of time series takes no ids, and a log that comes twice would be in it twice. */
import * as aoss from 'aws-cdk-lib/aws-opensearchserverless';
import type { Construct } from 'constructs';
import type { RustFunction } from '../functions/rust-function';
import type { SearchTarget } from './target';

const NAME = 'kraken-logs';
const COLLECTION = [`collection/${NAME}`];
const INDICES = [`index/${NAME}/*`];

/** Makes the collection and the policies without which there can be none. */
export function searchCollection(scope: Construct, id: string): SearchTarget {
  const encryption = new aoss.CfnSecurityPolicy(scope, `${id}Encryption`, {
    name: NAME,
    type: 'encryption',
    policy: JSON.stringify({ Rules: [{ ResourceType: 'collection', Resource: COLLECTION }], AWSOwnedKey: true }),
  });
  const network = new aoss.CfnSecurityPolicy(scope, `${id}Network`, {
    name: NAME,
    type: 'network',
    // The functions are in no VPC; requests are signed and over TLS.
    policy: JSON.stringify([{ Rules: [{ ResourceType: 'collection', Resource: COLLECTION }], AllowFromPublic: true }]),
  });
  const collection = new aoss.CfnCollection(scope, id, { name: NAME, type: 'SEARCH', standbyReplicas: 'DISABLED' });
  collection.addResourceDependency(encryption);
  collection.addResourceDependency(network);
  return {
    url: collection.attrCollectionEndpoint,
    allow: (users, { writer, reader, remover }) => {
      writer.may('IndexLogs', ['aoss:APIAccessAll'], [collection.attrArn]);
      reader.may('SearchLogs', ['aoss:APIAccessAll'], [collection.attrArn]);
      remover.may('ForgetLogs', ['aoss:APIAccessAll'], [collection.attrArn]);
      const onIndices = (permissions: string[]) => ({ ResourceType: 'index', Resource: INDICES, Permission: permissions });
      const onCollection = (permissions: string[]) => ({ ResourceType: 'collection', Resource: COLLECTION, Permission: permissions });
      const rule = (user: RustFunction, ...rules: object[]) => ({ Rules: rules, Principal: [user.role.roleArn] });
      new aoss.CfnAccessPolicy(users, 'SearchAccess', {
        name: NAME,
        type: 'data',
        policy: JSON.stringify([
          // A template is an item of the collection, not of an index: it is looked for, made, and replaced by a newer one.
          rule(
            writer,
            onIndices(['aoss:CreateIndex', 'aoss:DeleteIndex', 'aoss:UpdateIndex', 'aoss:DescribeIndex', 'aoss:WriteDocument']),
            onCollection(['aoss:CreateCollectionItems', 'aoss:DescribeCollectionItems', 'aoss:UpdateCollectionItems']),
          ),
          rule(reader, onIndices(['aoss:DescribeIndex', 'aoss:ReadDocument'])),
          rule(remover, onIndices(['aoss:DescribeIndex', 'aoss:ReadDocument', 'aoss:WriteDocument'])),
        ]),
      });
    },
  };
}
