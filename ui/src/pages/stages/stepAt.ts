// The step that the code has at a place, read back into a form's values. Only what is written out is read: names, texts, numbers, lists and
// maps of texts. Where a value is made by code, the form must keep its hands off it. Pure.
import type { FieldKind, StepField, Values } from './step.ts';

type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

export interface FoundStep {
  /** Where it begins and ends in the code. */
  from: number;
  to: number;
  tool: string;
  /** Absent: the newest. */
  version: string | undefined;
  /** What it says besides its tool. */
  values: Record<string, Literal>;
}

/** Reads one value; throws where it is not written out. */
class Reader {
  at: number;
  private readonly code: string;
  constructor(code: string, at: number) {
    this.code = code;
    this.at = at;
  }

  private space(): void {
    const rest = /^(?:\s|#[^\n]*)*/.exec(this.code.slice(this.at));
    this.at += rest?.[0].length ?? 0;
  }

  private take(sign: string): boolean {
    this.space();
    if (!this.code.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  private fail(): never {
    throw new Error('not written out');
  }

  private text(): string {
    const found = /^"(?:[^"\\\n]|\\.)*"|^'(?:[^'\\\n]|\\.)*'/.exec(this.code.slice(this.at))?.[0];
    if (found === undefined) return this.fail();
    this.at += found.length;
    return found.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, sign: string) => {
      const known: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' };
      if (sign.length === 5) return String.fromCharCode(Number.parseInt(sign.slice(1), 16));
      return known[sign] ?? this.fail();
    });
  }

  /** What `between` reads, between brackets, with commas. */
  private items(end: string, between: () => void): void {
    while (!this.take(end)) {
      between();
      if (this.take(end)) return;
      if (!this.take(',')) this.fail();
    }
  }

  value(): Literal {
    this.space();
    const first = this.code[this.at];
    if (first === '"' || first === "'") {
      const text = this.text();
      // "\n".join([…]) is how several lines are written.
      if (!this.take('.join(')) return text;
      const lines = this.value();
      if (!Array.isArray(lines) || !this.take(')')) return this.fail();
      return lines.map((line) => (typeof line === 'string' ? line : this.fail())).join(text);
    }
    if (this.take('[')) {
      const list: Literal[] = [];
      this.items(']', () => list.push(this.value()));
      return list;
    }
    if (this.take('{')) {
      const map: Record<string, Literal> = {};
      this.items('}', () => {
        const key = this.value();
        if (typeof key !== 'string' || !this.take(':')) return this.fail();
        map[key] = this.value();
      });
      return map;
    }
    const word = /^(?:True|False|None|-?\d+)(?![\w.])/.exec(this.code.slice(this.at))?.[0];
    if (word === undefined) return this.fail();
    this.at += word.length;
    return word === 'True' ? true : word === 'False' ? false : word === 'None' ? null : Number(word);
  }
}

/** The innermost step around a place: what is in braces there and names a tool. */
export function stepAt(code: string, place: number): FoundStep | undefined {
  for (let from = code.lastIndexOf('{', place); from !== -1; from = from === 0 ? -1 : code.lastIndexOf('{', from - 1)) {
    const reader = new Reader(code, from);
    let read: Literal;
    try {
      read = reader.value();
    } catch {
      continue;
    }
    if (reader.at < place || typeof read !== 'object' || read === null || Array.isArray(read) || typeof read.tool !== 'string') continue;
    const { tool, ...values } = read;
    const [name = '', version] = tool.split('@');
    return { from, to: reader.at, tool: name, version, values };
  }
  return undefined;
}

const texts = (value: Literal): string[] | undefined => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined);

function typed(kind: FieldKind, value: Literal): string | undefined {
  switch (kind) {
    case 'flag':
      return value === true ? 'True' : value === false ? 'False' : undefined;
    case 'scalar':
      return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
    case 'list':
      return texts(value)?.join('\n');
    case 'one-or-many':
      return typeof value === 'string' ? value : texts(value)?.join('\n');
    case 'map': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      const pairs = Object.entries(value);
      return pairs.every(([, item]) => typeof item === 'string' && !item.includes('\n')) ? pairs.map(([key, item]) => `${key}=${item as string}`).join('\n') : undefined;
    }
    case 'other':
      return undefined;
    default:
      return typeof value === 'string' ? value : undefined;
  }
}

/** What a form shows of a step; or the first field that it can't show as it is. */
export function valuesOf(step: FoundStep, fields: readonly StepField[]): { values: Values; not?: undefined } | { not: string } {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(step.values)) {
    const field = fields.find((one) => one.key === key);
    const text = field && typed(field.kind, value);
    if (text === undefined) return { not: key };
    values[key] = text;
  }
  return { values };
}
