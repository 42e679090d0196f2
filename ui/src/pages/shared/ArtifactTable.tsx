import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { fetchArtifact } from '../../api/actions.ts';
import type { ArtifactView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { IconButton } from '../../parts/Button.tsx';
import { Empty } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { bytes, shortId } from '../../words/amounts.ts';

/** A job's id is its run's, `-`, and its number. */
const runOf = (job: string) => job.replace(/-\d+$/, '');

function save(blob: Blob, path: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = path.split('/').at(-1) ?? 'artifact';
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Download({ file }: { file: ArtifactView }) {
  const { busy, act } = useAct();
  const get = async () => {
    const blob = await act(() => fetchArtifact(runOf(file.job), file.path), { touch: [] });
    if (blob) save(blob, file.path);
  };
  return <IconButton icon="download" label={`Download ${file.path}`} busy={busy} onClick={() => void get()} />;
}

const COLUMNS: Column<ArtifactView>[] = [
  { id: 'path', title: 'File', cell: (file) => <code className="clip" title={file.path}>{file.path}</code>, sort: (file) => file.path },
  { id: 'public', title: 'Access', cell: (file) => (file.public ? <Tag look="tests">public</Tag> : <span className="muted">members</span>), width: '90px', spare: true },
  { id: 'size', title: 'Size', cell: (file) => bytes(file.size), sort: (file) => file.size, width: '90px', right: true },
  {
    id: 'job',
    title: 'Job',
    cell: (file) => (
      <Link to="/jobs/$job" params={{ job: file.job }}>
        {shortId(file.job)}
      </Link>
    ),
    width: '120px',
    spare: true,
  },
  { id: 'get', title: 'Download', cell: (file) => <Download file={file} />, width: '90px' },
];

/** `gone`: there may have been some that retention removed. */
export function ArtifactTable({ files, cut, gone = false }: { files: readonly ArtifactView[]; cut: boolean; gone?: boolean }) {
  const [sort, setSort] = useState<string>();
  return (
    <>
      <Table
        label="Artifacts"
        columns={COLUMNS}
        rows={files}
        rowKey={(file) => `${file.job}/${file.path}`}
        sort={sort}
        onSort={setSort}
        empty={
          gone ? (
            <Empty>No artifacts are left.</Empty>
          ) : (
            <Empty>
              No artifacts. A step with the tool <code>artifacts</code> stores files here.
            </Empty>
          )
        }
      />
      {cut && <p className="small muted panel-note">There are more: these are the first {files.length}.</p>}
    </>
  );
}
