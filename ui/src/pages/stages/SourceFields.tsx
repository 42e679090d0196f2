import { useQuery } from '@tanstack/react-query';

import { secrets } from '../../api/secrets.ts';
import { Checkbox, SelectField, TextField } from '../../parts/Fields.tsx';
import { useHere } from '../branch-settings/here.ts';
import { credentialChoices, type Draft, everyChoices, wrongUrl } from './source.ts';

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** What the server says of a field. */
  wrong: (path: string) => string | undefined;
}

/** Repository, branch, file, how to get in, and how often to look. */
export function SourceFields({ draft, onChange, wrong }: Props) {
  const { project, branch } = useHere();
  const own = useQuery(secrets({ of: 'branch', branch: branch.id })).data?.items ?? [];
  const shared = useQuery(secrets({ of: 'project', project })).data?.items ?? [];
  const set = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <>
      <TextField label="Repository" className="mono" placeholder="https://host/path" value={draft.url} wrong={wrongUrl(draft.url) ?? wrong('/source/url')} onChange={(event) => set({ url: event.target.value })} />
      <div className="pair">
        <TextField label="Branch" className="mono" value={draft.branch} wrong={wrong('/source/branch')} onChange={(event) => set({ branch: event.target.value })} />
        <TextField label="File" className="mono" value={draft.file} wrong={wrong('/source/file')} onChange={(event) => set({ file: event.target.value })} />
      </div>
      <div className="pair">
        <SelectField label="Secret to read it with" hint="An access token, or user and password." choices={credentialChoices([...own, ...shared], draft.credentials)} value={draft.credentials} wrong={wrong('/source/credentials')} onChoose={(credentials) => set({ credentials })} />
        <SelectField label="Looked at" choices={everyChoices(draft.every)} value={draft.every} wrong={wrong('/source/refresh_s')} onChoose={(every) => set({ every })} />
      </div>
      <Checkbox label="Also before each run" hint="A run waits up to a few seconds for it. When the host does not answer, the version in use runs, and the run says so." checked={draft.onRun} onChange={() => set({ onRun: !draft.onRun })} />
    </>
  );
}

/** What is said of fields that stand in the form is not said again below it. */
export const shownInFields = (wrong: (path: string) => string | undefined): boolean => ['url', 'branch', 'file', 'credentials', 'refresh_s'].some((field) => wrong(`/source/${field}`) !== undefined);
