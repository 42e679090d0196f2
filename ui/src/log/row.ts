// One line as DOM nodes. Text goes in as text nodes only; whatever a log says, it can never be markup.
import { ansi, type Style } from './ansi.ts';
import { endsGroup, groupTitle, stepKey } from './groups.ts';
import { type Part, parts, type Range } from './pieces.ts';
import type { Line } from './source.ts';

/** Characters of a line that are drawn; the download has them all. */
export const DRAWN_MAX = 20_000;

export interface RowLook {
  time: ((line: Line) => string) | undefined;
  /** Where a drawn text is marked. */
  marks: ((text: string) => readonly Range[]) | undefined;
  /** Whether a group is folded, by the line that names it, or by a step's key. */
  folded: (key: number) => boolean | undefined;
  /** The name of the step that begins with a line. */
  step: (line: number) => string | undefined;
}

function colour(element: HTMLElement, layer: 'fg' | 'bg', value: number | string | undefined): void {
  if (value === undefined) return;
  if (typeof value === 'number') element.classList.add(`a-${layer}-${value}`);
  else {
    element.classList.add(`a-${layer}-true`);
    // Through the object model: the Content-Security-Policy refuses style attributes in markup.
    element.style.setProperty(`--${layer}`, value);
  }
}

function dress(element: HTMLElement, style: Style): void {
  colour(element, 'fg', style.fg);
  colour(element, 'bg', style.bg);
  for (const name of ['bold', 'dim', 'italic', 'underline', 'inverse', 'strike'] as const) if (style[name]) element.classList.add(`a-${name}`);
}

const isPlain = (style: Style) => Object.values(style).every((value) => value === undefined);

function partNode(part: Part): Node {
  if (isPlain(part.style) && !part.href && !part.mark) return document.createTextNode(part.text);
  const element = document.createElement(part.href ? 'a' : part.mark ? 'mark' : 'span');
  if (part.href && element instanceof HTMLAnchorElement) {
    element.href = part.href;
    element.rel = 'noopener noreferrer nofollow';
    element.target = '_blank';
    if (part.mark) element.classList.add('marked');
  }
  dress(element, part.style);
  element.textContent = part.text;
  return element;
}

function textNodes(line: Line, marks: RowLook['marks']): Node[] {
  const cut = line.text.length > DRAWN_MAX;
  const nodes = parts(ansi(cut ? line.text.slice(0, DRAWN_MAX) : line.text), marks).map(partNode);
  if (cut) {
    const more = document.createElement('span');
    more.className = 'log-cut';
    more.textContent = ` … ${(line.text.length - DRAWN_MAX).toLocaleString('en')} more characters: see the download`;
    nodes.push(more);
  }
  return nodes;
}

/** An element of the view that shows one line after another. */
export class Row {
  readonly element = document.createElement('div');
  line = -1;
  #shown: Line | undefined;
  #look: RowLook | undefined;
  readonly #number = document.createElement('a');
  readonly #time = document.createElement('span');
  readonly #text = document.createElement('span');

  constructor() {
    this.element.className = 'log-row';
    this.#number.className = 'log-number';
    this.#time.className = 'log-time';
    this.#text.className = 'log-text';
    this.element.append(this.#number, this.#time, this.#text);
  }

  show(number: number, line: Line | undefined, look: RowLook, selected: boolean, current: boolean): void {
    this.element.classList.toggle('selected', selected);
    this.element.classList.toggle('current', current);
    if (this.line === number && this.#shown === line && this.#look === look) return;
    this.line = number;
    this.#shown = line;
    this.#look = look;
    this.element.dataset.line = String(number);
    this.#number.textContent = String(number + 1);
    this.#number.href = `#L${number + 1}`;
    this.#number.setAttribute('aria-label', `line ${number + 1}`);
    this.#time.hidden = look.time === undefined;
    this.#time.textContent = line && look.time ? look.time(line) : '';
    this.#fill(number, line, look);
  }

  #fill(number: number, line: Line | undefined, look: RowLook): void {
    this.element.classList.toggle('missing', line === undefined);
    const title = line && groupTitle(line.text);
    const step = look.step(number);
    this.element.classList.toggle('group-end', line !== undefined && endsGroup(line.text));
    this.element.classList.toggle('step-start', step !== undefined);
    if (!line) {
      this.#text.replaceChildren();
      return;
    }
    const nodes = title === undefined ? textNodes(line, look.marks) : [toggle(number, look, textNodes({ ...line, text: title === '' ? 'group' : title }, look.marks))];
    if (step !== undefined) {
      const button = toggle(stepKey(number), look, [document.createTextNode(step)]);
      button.classList.add('log-step');
      nodes.unshift(button);
    }
    this.#text.replaceChildren(...nodes);
  }
}

/** A button that folds what is below it. */
function toggle(key: number, look: RowLook, inside: Node[]): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'log-fold';
  button.dataset.fold = String(key);
  button.setAttribute('aria-expanded', String(look.folded(key) !== true));
  button.append(...inside);
  return button;
}
