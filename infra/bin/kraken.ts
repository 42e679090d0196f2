/** The entry point of the CDK app. */
import { App } from 'aws-cdk-lib';
import { addStacks } from '../lib/app';
import { readConfig } from '../lib/config/config';
import { ContextError } from '../lib/config/context';
import { APP_DIR } from '../lib/contract';

try {
  const app = new App();
  addStacks(app, readConfig(app.node.getAllContext() as Readonly<Record<string, unknown>>, APP_DIR));
  app.synth();
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  // A wrong value is the caller's to correct: the place in this program tells nothing.
  console.error(error.message);
  process.exitCode = 1;
}
