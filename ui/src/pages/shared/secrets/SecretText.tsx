// Where a secret is typed, pasted or read from a file: veiled unless somebody wants to see it.
import { useRef, useState } from 'react';

import { Button } from '../../../parts/Button.tsx';
import { Checkbox, TextArea } from '../../../parts/Fields.tsx';
import { VALUE_MAX_BYTES } from './kinds.ts';

interface Props {
  label: string;
  hint?: string | undefined;
  value: string;
  wrong: string | undefined;
  /** Files of keys end with a line's end that belongs to them; that of a value does not. */
  keepEnd: boolean;
  onChange: (value: string) => void;
}

export function SecretText({ label, hint, value, wrong, keepEnd, onChange }: Props) {
  const [shown, setShown] = useState(false);
  const [refused, setRefused] = useState<string>();
  const picker = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > VALUE_MAX_BYTES) {
      setRefused(`${file.name} is longer than 16 KiB`);
      return;
    }
    setRefused(undefined);
    const text = await file.text();
    onChange(keepEnd ? text : text.replace(/\r?\n$/, ''));
  };
  return (
    <div className="stack secret-text">
      <TextArea
        label={label}
        hint={hint}
        veiled={!shown}
        value={value}
        wrong={refused ?? wrong}
        onChange={(event) => {
          setRefused(undefined);
          onChange(event.target.value);
        }}
      />
      <div className="row row-wrap">
        <Checkbox label="Show it" checked={shown} onChange={() => setShown(!shown)} />
        <Button look="quiet" onClick={() => picker.current?.click()}>
          Read it from a file
        </Button>
        <input
          ref={picker}
          type="file"
          hidden
          onChange={(event) => {
            const input = event.target;
            void read(input.files?.[0]).finally(() => {
              // The same file can be chosen again.
              input.value = '';
            });
          }}
        />
      </div>
    </div>
  );
}
