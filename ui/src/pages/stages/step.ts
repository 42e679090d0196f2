// A step as a form has it, made from the schema of its tool, and as the code has it. Pure.

export type FieldKind = 'text' | 'name' | 'scalar' | 'flag' | 'choice' | 'list' | 'one-or-many' | 'map' | 'other';

export interface StepField {
  key: string;
  about: string;
  required: boolean;
  kind: FieldKind;
  choices: string[];
  /** What a value looks like. */
  example: string | undefined;
}

type Schema = Record<string, unknown>;

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []);
const objects = (value: unknown): Schema[] => (Array.isArray(value) ? value.filter(isObject) : []);

function kindOf(schema: Schema): FieldKind {
  if (Array.isArray(schema.enum)) return 'choice';
  const any = objects(schema.anyOf);
  const types = (any.length > 0 ? any : [schema]).map((one) => one.type);
  if (types.includes('boolean')) return 'flag';
  if (types.includes('integer') || types.includes('number')) return 'scalar';
  if (types.includes('array')) {
    const lists = (any.length > 0 ? any : [schema]).filter((one) => one.type === 'array');
    if (!lists.every((one) => isObject(one.items) && (one.items.type === 'string' || Array.isArray(one.items.enum)))) return 'other';
    return types.includes('string') ? 'one-or-many' : 'list';
  }
  if (types.includes('object')) return isObject(schema.additionalProperties) ? 'map' : 'other';
  if (schema.type !== 'string') return 'other';
  return schema.minLength === undefined && schema.examples === undefined ? 'text' : 'name';
}

/** The fields of a tool or of any step, those that must be there first. */
export function fieldsOf(schema: unknown): StepField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = new Set(texts(schema.required));
  const fields = Object.entries(schema.properties).flatMap(([key, value]): StepField[] => {
    if (!isObject(value)) return [];
    const examples = [value, ...objects(value.anyOf)].flatMap((one) => texts(one.examples));
    return [{ key, about: typeof value.description === 'string' ? value.description : '', required: required.has(key), kind: kindOf(value), choices: texts(value.enum), example: examples[0] }];
  });
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

/** Groups of which at least one field must be there. */
export function groupsOf(schema: unknown): string[][] {
  if (!isObject(schema)) return [];
  return objects(schema.allOf).map((all) => objects(all.anyOf).flatMap((any) => texts(any.required)));
}

/** What somebody typed, by field. */
export type Values = Readonly<Record<string, string>>;

const filled = (values: Values, key: string): boolean => (values[key] ?? '').trim() !== '';

/** What is still missing. */
export function lacks(fields: readonly StepField[], groups: readonly (readonly string[])[], values: Values): string | undefined {
  const field = fields.find((one) => one.required && !filled(values, one.key));
  if (field) return `${field.key} is missing`;
  const group = groups.find((keys) => keys.length > 0 && !keys.some((key) => filled(values, key)));
  return group && `${group.join(' or ')} is missing`;
}

/** A text as Starlark has it. Escapes are those that it shares with JSON. */
function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- those are what must be escaped
  return `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (sign) => (sign === '"' || sign === '\\' ? `\\${sign}` : sign === '\n' ? '\\n' : sign === '\t' ? '\\t' : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`))}"`;
}

/** Several lines stay lines in the code. */
function literal(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.length === 1 ? quoted(text) : `"\\n".join([${lines.map(quoted).join(', ')}])`;
}

const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

function pairs(text: string): string {
  const entries = linesOf(text).map((line) => {
    const at = line.indexOf('=');
    return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  return `{${entries.map(([name = '', value = '']) => `${quoted(name)}: ${quoted(value)}`).join(', ')}}`;
}

function valueOf(kind: FieldKind, text: string): string {
  switch (kind) {
    case 'flag':
      return text === 'True' || text === 'False' ? text : quoted(text);
    case 'scalar':
      return /^\d+$/.test(text.trim()) ? String(Number(text)) : quoted(text.trim());
    case 'list':
      return `[${linesOf(text).map(quoted).join(', ')}]`;
    case 'one-or-many': {
      const lines = linesOf(text);
      return lines.length === 1 ? quoted(lines[0] ?? '') : `[${lines.map(quoted).join(', ')}]`;
    }
    case 'map':
      return pairs(text);
    case 'text':
      return literal(text);
    default:
      return quoted(text);
  }
}

const LINE_MAX = 100;

/** The step as the code has it: on one line where that is short. */
export function stepText(tool: string, fields: readonly StepField[], values: Values): string {
  const entries = fields.filter((field) => field.key !== 'tool' && filled(values, field.key)).map((field) => `${quoted(field.key)}: ${valueOf(field.kind, values[field.key] ?? '')}`);
  const all = [`"tool": ${quoted(tool)}`, ...entries];
  const line = `{${all.join(', ')}}`;
  return line.length <= LINE_MAX ? line : `{\n${all.map((entry) => `    ${entry},\n`).join('')}}`;
}
