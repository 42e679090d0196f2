// The code editor, as far as stages need it: Starlark's colours (Python's grammar reads it), problems at their lines.
//
// It lives in a shadow root: only there does it use constructed style sheets, which the Content-Security-Policy allows. The
// house's own sheet does not reach inside, its custom properties do.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { pythonLanguage } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

import type { FieldProblem } from '../../api/generated/types.gen.ts';

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword], color: 'light-dark(#7a2a8c, #d69bea)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#17633b, #7fdca4)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'light-dark(#1a4fb0, #8bbcff)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: 'light-dark(#775200, #e3b341)' },
]);

const LOOK = EditorView.theme({
  '&': { height: 'max(280px, 46dvh)', background: 'var(--panel)', color: 'var(--text)', fontSize: 'var(--size-m)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', fontFeatureSettings: "'liga' 0, 'calt' 0" },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { background: 'var(--surface)', borderRight: '1px solid var(--border)', color: 'var(--muted)' },
  '.cm-activeLine': { background: 'color-mix(in srgb, var(--accent) 6%, transparent)' },
  '.cm-activeLineGutter': { background: 'var(--hover)', color: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'color-mix(in srgb, var(--accent) 28%, transparent)' },
  '.cm-tooltip': { border: '1px solid var(--border)', borderRadius: '6px', background: 'var(--raised)', color: 'var(--text)' },
});

interface Options {
  code: string;
  label: string;
  readOnly: boolean;
  changed: (code: string) => void;
  /** Where the cursor went. */
  moved: (place: number) => void;
  save: () => void;
}

export function makeEditor(parent: HTMLElement, { code, label, readOnly, changed, moved, save }: Options): EditorView {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: code,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of('    '),
        pythonLanguage,
        syntaxHighlighting(COLOURS),
        LOOK,
        // Tab stays what moves on from field to field.
        keymap.of([
          {
            key: 'Mod-s',
            preventDefault: true,
            run: () => {
              save();
              return true;
            },
          },
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label, ...(readOnly ? { 'aria-readonly': 'true' } : {}), spellcheck: 'false', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
          if (update.docChanged || update.selectionSet) moved(update.state.selection.main.head);
        }),
      ],
    }),
  });
}

/** Another text, as if somebody had typed it. */
export function replaceCode(view: EditorView, code: string): void {
  if (view.state.doc.toString() === code) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: code } });
}

/** Marks problems whose line is known; the list beside shows them all. */
export function markProblems(view: EditorView, problems: readonly FieldProblem[]): void {
  const { doc } = view.state;
  const diagnostics = problems.flatMap((problem): Diagnostic[] => {
    if (problem.line == null || problem.line < 1) return [];
    // The text may have been cut since it was checked.
    const { from, to } = doc.line(Math.min(problem.line, doc.lines));
    return [{ from, to, severity: 'error', message: problem.message }];
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

/** Shows a line and puts the cursor there. */
export function goToLine(view: EditorView, number: number): void {
  const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: 'center' }) });
  view.focus();
}

/** Where a step goes as long as nobody has been in the text: before the first step that there is. */
function firstStep(code: string): { at: number; after: string } | undefined {
  const found = /["']steps["']\s*:\s*\[\s*/.exec(code);
  if (!found) return undefined;
  const at = found.index + found[0].length;
  return { at, after: code[at] === ']' ? '' : ', ' };
}

/** Puts a step where the cursor is, or over one that is there, its lines as far in as the line that it begins in, and selects it. */
export function insertStep(view: EditorView, text: string, over?: { from: number; to: number }): void {
  const { main } = view.state.selection;
  const first = !over && main.empty && main.from === 0 ? firstStep(view.state.doc.toString()) : undefined;
  const { from, to } = over ?? (first ? { from: first.at, to: first.at } : main);
  const indent = /^\s*/.exec(view.state.doc.lineAt(from).text)?.[0] ?? '';
  const step = text.replaceAll('\n', `\n${indent}`);
  view.dispatch({ changes: { from, to, insert: step + (first?.after ?? '') }, selection: { anchor: from, head: from + step.length }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}
