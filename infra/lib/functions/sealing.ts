/**
 * The key that secrets are sealed with: a parameter of Systems Manager, encrypted there. Not a resource of any stack: who needs it first
 * makes it, so it is in no template, and outlives them all. As long as nobody asks for it, it costs nothing.
 */
import { Stack } from 'aws-cdk-lib';
import type { Parts } from './parts';
import type { RustFunction } from './rust-function';

/** Its name; there is one deployment per account and region. */
export const SEALING_KEY = '/kraken/sealing-key';

/** What a function does with it. */
export type SealingUse = 'seals' | 'opens';

/** Lets `fn` read the key, and, where it seals, make it. */
export function maySeal(fn: RustFunction, parts: Parts, use: SealingUse): void {
  // Without the slash in front: the ARN has it already.
  const parameter = Stack.of(fn).formatArn({ service: 'ssm', resource: 'parameter', resourceName: SEALING_KEY.slice(1) });
  fn.may('UseSealingKey', use === 'seals' ? ['ssm:GetParameter', 'ssm:PutParameter'] : ['ssm:GetParameter'], [parameter]);
  // The key that AWS keeps for parameters needs no leave; one of one's own does.
  const { sealingKmsKey } = parts.config;
  if (sealingKmsKey !== undefined) fn.may('UseKmsKey', use === 'seals' ? ['kms:Decrypt', 'kms:Encrypt'] : ['kms:Decrypt'], [sealingKmsKey]);
}
