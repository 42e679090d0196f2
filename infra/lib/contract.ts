/** The environment variables of the functions, as `contract/environment.json` lists them: the functions' own tests read the same file. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

/** The functions. */
export const FUNCTIONS = ['api', 'planner', 'scheduler', 'watchdog', 'results', 'notifier', 'indexer'] as const;
/** One of the functions. */
export type FunctionName = (typeof FUNCTIONS)[number];

/** One variable of one function. */
export interface Variable {
  readonly name: string;
  readonly required: boolean;
  readonly what: string;
}

interface Contract {
  readonly functions: Readonly<Record<FunctionName, readonly Variable[]>>;
}

/** The app's own folder, seen from the compiled file. */
export const APP_DIR = path.resolve(__dirname, '../..');

/** The contract. */
export const CONTRACT = JSON.parse(readFileSync(path.join(APP_DIR, 'contract/environment.json'), 'utf8')) as Contract;

/** Values by name of variable; `undefined`: there is none in this deployment. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The environment of `name`: what the contract lists, taken from `values`. */
export function environment(name: FunctionName, values: Values): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const variable of CONTRACT.functions[name]) {
    const value = values[variable.name];
    if (value !== undefined) chosen[variable.name] = value;
    else if (variable.required) throw new Error(`function ${name} needs ${variable.name} (${variable.what}), and the app has no value for it`);
  }
  return chosen;
}
