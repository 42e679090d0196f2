/** The app: which stacks a configuration asks for, and what each gets of the others. */
import { App, CliCredentialsStackSynthesizer, Stack, type StackProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AgentHostStack } from './agent-hosts/stack';
import type { Config } from './config/config';
import { ControlStack } from './control/stack';
import { SearchStack } from './search/stack';
import { NO_SEARCH, type SearchTarget, existingSearch } from './search/target';
import { StatefulStack } from './stateful/stack';
import { WebStack } from './web/stack';

/** Adds all stacks of a deployment to `app`. */
export function addStacks(app: App, config: Config): void {
  Tags.of(app).add('product', 'kraken');
  // An emulator speaks no TLS; it would be found wanting for that alone.
  if (!config.local) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = (description: string): StackProps => ({
    description: `Kraken: ${description}`,
    terminationProtection: false,
    // An emulator that enforces policies knows the caller, not the roles of a bootstrap.
    ...(config.local ? { synthesizer: new CliCredentialsStackSynthesizer() } : {}),
  });
  const stateful = new StatefulStack(app, 'KrakenStateful', config, {
    ...stack('records, objects, the key of the secrets'),
    terminationProtection: config.keepData,
  });
  const control = new ControlStack(app, 'KrakenControl', {
    ...stack('functions, queues, HTTP API'),
    config,
    stateful,
    search: searchTarget(app, config, stack('search of logs')),
  });
  if (config.uiDir !== undefined) {
    new WebStack(app, 'KrakenWeb', { ...stack('web UI'), config, uiDir: config.uiDir, apiUrl: control.apiUrl, data: stateful.bucket });
  }
  if (config.agentHosts !== undefined) {
    new AgentHostStack(app, 'KrakenAgentHosts', { ...stack('build hosts'), config, hosts: config.agentHosts, apiUrl: control.apiUrl });
  }
}

function searchTarget(app: App, config: Config, props: StackProps): SearchTarget {
  const { search } = config;
  switch (search.kind) {
    case 'none':
      return NO_SEARCH;
    case 'endpoint':
      return existingSearch(search.url, search.passwordParameter);
    case 'domain':
    case 'serverless':
      return new SearchStack(app, 'KrakenSearch', search.kind, props).target;
  }
}

/** The stacks of an app by name. */
export function stacksOf(app: App): Map<string, Stack> {
  return new Map(app.node.children.filter((child) => child instanceof Stack).map((child) => [child.node.id, child]));
}
