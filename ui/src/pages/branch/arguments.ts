// What the form of a new flow holds, what is wrong with it, and what is sent. Pure.

/** What the stages that start with a flow ask for under one name. */
export interface Parameter {
  name: string;
  /** Absent where the stages differ: each takes its own then. */
  default?: string | null | undefined;
  description: string;
  /** Empty: any value. */
  choices?: readonly string[] | undefined;
  stages: readonly { stage: string; default: string }[];
}

/** An argument that no parameter is there for, named by hand. */
export interface Extra {
  name: string;
  value: string;
}

export interface Filled {
  /** What was put in for parameters; the others keep their defaults. */
  values: Record<string, string>;
  extras: readonly Extra[];
}

/** What comes from an address: arguments of parameters into their fields, others below. */
export function filled(args: Record<string, string> | undefined, parameters: readonly Parameter[]): Filled {
  const known = new Set(parameters.map((parameter) => parameter.name));
  const entries = Object.entries(args ?? {});
  return {
    values: Object.fromEntries(entries.filter(([name]) => known.has(name))),
    extras: entries.filter(([name]) => !known.has(name)).map(([name, value]) => ({ name, value })),
  };
}

export const wrongValue = ({ choices = [] }: Parameter, value: string | undefined): string | undefined =>
  value === undefined || choices.length === 0 || choices.includes(value) ? undefined : `“${value}” is none of the choices`;

export function wrongExtra(at: number, { extras }: Filled, parameters: readonly Parameter[]): string | undefined {
  const name = extras[at]?.name.trim() ?? '';
  if (name === '') return extras[at]?.value ? 'it has a value and no name' : undefined;
  if (parameters.some((parameter) => parameter.name === name)) return `${name} has a field above`;
  return extras.findIndex((extra) => extra.name.trim() === name) === at ? undefined : `${name} is there twice`;
}

/** What git takes as a branch's name, roughly; the server has the last word. */
export function wrongBranch(name: string): string | undefined {
  if (name === '') return undefined;
  const bad = /[\s~^:?*[\\\p{Cc}]/u.exec(name)?.[0];
  if (bad !== undefined) return bad.trim() === '' ? 'no branch has a space in its name' : `no branch has “${bad}” in its name`;
  return /^[/.-]|\/$|\.$|\.\.|\/\/|@\{|\.lock$/.test(name) ? 'git takes no such name' : undefined;
}

/** The first thing that is wrong; `undefined`: it can be sent. */
export function wrongIn(form: Filled, parameters: readonly Parameter[], branch: string): string | undefined {
  const values = parameters.map((parameter) => wrongValue(parameter, form.values[parameter.name]));
  const extras = form.extras.map((_, at) => wrongExtra(at, form, parameters));
  return [wrongBranch(branch), ...values, ...extras].find((wrong) => wrong !== undefined);
}

/** Only what differs from the defaults: those may change until a stage starts. */
export function sent(form: Filled, parameters: readonly Parameter[]): Record<string, string> {
  const changed = parameters.flatMap(({ name, default: usual }): [string, string][] => {
    const value = form.values[name];
    return value === undefined || value === usual ? [] : [[name, value]];
  });
  const extras = form.extras.map(({ name, value }): [string, string] => [name.trim(), value]).filter(([name]) => name !== '');
  return Object.fromEntries([...changed, ...extras]);
}
