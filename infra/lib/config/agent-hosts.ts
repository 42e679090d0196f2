/** What build hosts in EC2 need to join by themselves. */
import type { Context } from './context';
import { refuse } from './context';

/** Hosts to make a launch template for. */
export interface AgentHosts {
  /** `https://…` or `s3://bucket/key` of a .tar.gz with `kraken-agent` and `kraken-tool` at its top. */
  readonly program: string;
  /** SHA-256 of that archive in hexadecimal. */
  readonly programSha256: string;
  /** ARN of the SSM parameter or the Secrets Manager secret with a reusable enrolment token. */
  readonly enrolment: string;
  readonly instanceType: string;
  readonly diskGib: number;
}

const PARAMETER = /^arn:[\w-]+:ssm:[\w-]+:\d{12}:parameter\/[\w./-]+$/;
const SECRET = /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/;
/** Both go into a shell command: no sign in them means anything there. */
const PROGRAM = /^(https:\/\/[\w.-]+(:\d+)?\/[\w./%+~-]+|s3:\/\/[a-z0-9.-]{3,63}\/[\w./+-]+)$/;

/** Reads the values; all of them are checked only where hosts are wanted. */
export function readAgentHosts(context: Context, architecture: 'x86_64' | 'arm64'): AgentHosts | undefined {
  const wanted = context.flag('agentHosts', false);
  const needed = (key: string, expected: string, test: (text: string) => boolean): string =>
    context.text(key, undefined, expected, test) ?? (wanted ? refuse(key, undefined, expected) : '');
  const hosts: AgentHosts = {
    program: needed('agentProgram', 'https://… or s3://bucket/key of the .tar.gz of the agent', (text) => PROGRAM.test(text)),
    programSha256: needed('agentProgramSha256', '64 hexadecimal digits', (text) => /^[0-9a-f]{64}$/.test(text)),
    enrolment: needed('agentEnrolment', 'the ARN of an SSM parameter or a Secrets Manager secret', (text) => PARAMETER.test(text) || SECRET.test(text)),
    instanceType: context.text(
      'agentInstanceType',
      architecture === 'arm64' ? 'm7g.large' : 'm7i.large',
      'an EC2 instance type such as m7i.large',
      (text) => /^[a-z0-9-]+\.[a-z0-9-]+$/.test(text),
    ),
    diskGib: context.integer('agentDiskGib', 50, 8, 16384),
  };
  return wanted ? hosts : undefined;
}
