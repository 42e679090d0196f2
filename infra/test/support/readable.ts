/** Policies as people read them: resources by what they are, not by how a template refers to them. */
import type { Deployment, Resource } from './deployment';

/** One statement. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** A list that CloudFormation may write as its only member. */
export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Writes references of one deployment out. */
export class Readable {
  private readonly exported = new Map<string, { stack: string; value: unknown }>();

  constructor(private readonly deployment: Deployment) {
    for (const [stack, template] of deployment.templates) {
      for (const output of Object.values(template.Outputs ?? {})) {
        if (output.Export !== undefined) this.exported.set(output.Export.Name, { stack, value: output.Value });
      }
    }
  }

  /** A value of `stack` as text. */
  text(value: unknown, stack: string): string {
    if (typeof value === 'string') return value;
    const [kind, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
    switch (kind) {
      case 'Ref':
        return String(argument).startsWith('AWS::') ? '' : `ref ${this.name(String(argument), stack)}`;
      case 'Fn::GetAtt':
        return this.name(String((argument as string[])[0]), stack);
      case 'Fn::ImportValue': {
        const found = this.exported.get(String(argument));
        return found === undefined ? `import ${String(argument)}` : this.text(found.value, found.stack);
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown[]];
        return parts.map((part) => this.text(part, stack)).join(separator);
      }
      default:
        return JSON.stringify(value);
    }
  }

  private name(id: string, stack: string): string {
    const resource = this.deployment.templates.get(stack)?.Resources[id];
    return resource === undefined ? id : nameOf(id, resource);
  }
}

function nameOf(id: string, { Type: type, Properties: properties = {} }: Resource): string {
  const given = (key: string) => String(properties[key]);
  switch (type) {
    case 'AWS::DynamoDB::Table':
      return 'table';
    case 'AWS::S3::Bucket':
      return 'bucket';
    case 'AWS::Events::EventBus':
      return 'bus';
    case 'AWS::SQS::Queue':
      return given('QueueName');
    case 'AWS::Logs::LogGroup':
      return `log ${given('LogGroupName')}`;
    case 'AWS::OpenSearchService::Domain':
      return 'domain';
    case 'AWS::OpenSearchServerless::Collection':
      return 'collection';
    default:
      return `${type} ${id.replace(/[0-9A-F]{8}$/, '')}`;
  }
}

/** A right with its actions and resources in one order: theirs means nothing, and the toolkit has its own. */
export function sorted(right: string): string {
  const [actions = '', resources = ''] = right.split(' on ');
  return `${actions.split(' ').sort().join(' ')} on ${resources.split(', ').sort().join(', ')}`;
}

/** The statements of all policies on a role, by `sid`: "actions on resources". */
export function rightsOf(deployment: Deployment, stack: string, role: string): Record<string, string> {
  const readable = new Readable(deployment);
  const rights: Record<string, string> = {};
  for (const resource of Object.values(deployment.templates.get(stack)?.Resources ?? {})) {
    const roles = list(resource.Properties?.Roles as readonly { Ref?: string }[] | undefined);
    if (resource.Type !== 'AWS::IAM::Policy' || !roles.some((one) => one.Ref === role)) continue;
    const document = resource.Properties?.PolicyDocument as { Statement: readonly Statement[] };
    for (const statement of document.Statement) {
      const sid = statement.Sid ?? '(none)';
      if (statement.Effect !== 'Allow' || sid in rights) throw new Error(`${sid}: expected one statement that allows`);
      const resources = list(statement.Resource).map((one) => readable.text(one, stack));
      rights[sid] = sorted(`${list(statement.Action).join(' ')} on ${resources.join(', ')}`);
    }
  }
  return rights;
}
