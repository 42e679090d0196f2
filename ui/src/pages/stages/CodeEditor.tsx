import type { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';

import type { FieldProblem } from '../../api/generated/types.gen.ts';
import { goToLine, insertStep, makeEditor, markProblems } from './editor.ts';

interface Props {
  /** The text to begin with; another one needs another `key`. */
  code: string;
  label: string;
  problems: readonly FieldProblem[];
  /** A line to show; a new object shows it again. */
  goTo: { line: number } | undefined;
  /** A step to put where the cursor is, or over another one; a new object puts it again. */
  insert?: { text: string; over?: { from: number; to: number } | undefined } | undefined;
  readOnly?: boolean;
  onChange: (code: string) => void;
  onCursor?: (place: number) => void;
  onSave: () => void;
}

export default function CodeEditor({ code, label, problems, goTo, insert, readOnly = false, onChange, onCursor, onSave }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const held = useRef({ code, onChange, onCursor, onSave });
  useEffect(() => {
    held.current = { ...held.current, onChange, onCursor, onSave };
  });
  useEffect(() => {
    if (!host.current) return;
    const made = makeEditor(host.current, {
      code: held.current.code,
      label,
      readOnly,
      changed: (text) => held.current.onChange(text),
      moved: (place) => held.current.onCursor?.(place),
      save: () => held.current.onSave(),
    });
    editor.current = made;
    return () => made.destroy();
  }, [label, readOnly]);
  useEffect(() => {
    if (editor.current) markProblems(editor.current, problems);
  }, [problems]);
  useEffect(() => {
    if (editor.current && goTo) goToLine(editor.current, goTo.line);
  }, [goTo]);
  useEffect(() => {
    if (editor.current && insert) insertStep(editor.current, insert.text, insert.over);
  }, [insert]);
  return <div ref={host} className="code-editor" />;
}
