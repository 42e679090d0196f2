/** Deployments to look at: synthesised from context values, as `cdk synth` does, over programs that are nothing but the head of one. */
import { App } from 'aws-cdk-lib';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { addStacks } from '../../lib/app';
import { type Config, readConfig } from '../../lib/config/config';
import { APP_DIR, FUNCTIONS } from '../../lib/contract';

/** Context values by key. */
export type ContextValues = Readonly<Record<string, unknown>>;

/** One resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
}

/** A template, as far as tests look. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** What a synthesis gave. */
export interface Deployment {
  readonly templates: ReadonlyMap<string, Template>;
}

const root = mkdtempSync(path.join(tmpdir(), 'kraken-infra-'));
process.on('exit', () => {
  rmSync(root, { recursive: true, force: true });
});

/** A folder of programs for a processor. */
export function functionsFor(architecture: Config['architecture']): string {
  const dir = path.join(root, architecture);
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head.writeUInt16LE(architecture === 'arm64' ? 0xb7 : 0x3e, 18);
  for (const name of FUNCTIONS) {
    mkdirSync(path.join(dir, name), { recursive: true });
    writeFileSync(path.join(dir, name, 'bootstrap'), head);
  }
  return dir;
}

/** A folder with a web UI of one page. */
export function builtUi(): string {
  const dir = path.join(root, 'ui');
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, 'index.html'), '<!doctype html>\n');
  return dir;
}

/** Values for build hosts. */
export const AGENT_HOSTS: ContextValues = {
  agentHosts: 'true',
  agentProgram: 's3://releases/kraken/agent.tar.gz',
  agentProgramSha256: 'ab'.repeat(32),
  agentEnrolment: 'arn:aws:ssm:us-east-1:123456789012:parameter/kraken/enrolment',
};

const toolkit = JSON.parse(readFileSync(path.join(APP_DIR, 'cdk.json'), 'utf8')) as { context: ContextValues };
const made = new Map<string, Deployment>();

/** The configuration that `values` mean. */
export function configOf(values: ContextValues): Config {
  return readConfig({ functionsDir: functionsFor(values.arch === 'arm64' ? 'arm64' : 'x86_64'), ...values }, APP_DIR);
}

/** The deployment that `values` ask for; made once per process. */
export function deployment(values: ContextValues = {}): Deployment {
  const key = JSON.stringify(values);
  let found = made.get(key);
  if (found === undefined) {
    found = synthesise(values, path.join(root, `out-${made.size}`));
    made.set(key, found);
  }
  return found;
}

function synthesise(values: ContextValues, outdir: string): Deployment {
  const app = new App({ context: { ...toolkit.context }, outdir });
  addStacks(app, configOf(values));
  // Refused when cdk-nag finds anything that has no reason.
  const { stacks } = app.synth();
  return { templates: new Map(stacks.map((stack) => [stack.stackName, stack.template as Template])) };
}

/** A stack's template. */
export function template(name: string, values: ContextValues = {}): Template {
  const found = deployment(values).templates.get(name);
  if (found === undefined) throw new Error(`there is no stack ${name}`);
  return found;
}

/** The logical id of a function's role. */
export function functionRole(name: string, values: ContextValues = {}): string {
  const found = ofType(template('KrakenControl', values), 'AWS::Lambda::Function').find(([, one]) => one.FunctionName === `kraken-${name}`);
  if (found === undefined) throw new Error(`there is no function ${name}`);
  const [role] = (found[1].Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
  return role;
}

/** A template's resources of a type, by logical id. */
export function ofType(from: Template, type: string): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(from.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
}

/** The properties of the only resource of a type. */
export function only(from: Template, type: string): Readonly<Record<string, unknown>> {
  const [found, ...more] = ofType(from, type);
  if (found === undefined || more.length > 0) throw new Error(`expected one ${type}`);
  return found[1];
}
