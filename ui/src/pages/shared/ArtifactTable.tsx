import { artifactAddress } from '../../api/actions.ts';
import type { ArtifactView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { IconButton } from '../../parts/Button.tsx';
import { Empty } from '../../parts/Panel.tsx';
import { saveFrom } from '../../parts/save.ts';
import { Tag } from '../../parts/State.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { runOfJob } from '../../words/labels.ts';
import { fileKey, type FilesProps, JOB, pathColumn, SIZE } from './files.tsx';

function Download({ file }: { file: ArtifactView }) {
  const { busy, act } = useAct();
  const get = async () => {
    const address = await act(() => artifactAddress(runOfJob(file.job), file.path), { touch: [] });
    if (address) saveFrom(address.url, file.path.split('/').at(-1) ?? 'artifact');
  };
  return <IconButton icon="download" label={`Download ${file.path}`} busy={busy} onClick={() => void get()} />;
}

const COLUMNS: Column<ArtifactView>[] = [
  pathColumn('File'),
  { id: 'public', title: 'Access', cell: (file) => (file.public ? <Tag look="tests">public</Tag> : <span className="muted">members</span>), width: '90px', spare: true },
  SIZE,
  JOB,
  { id: 'get', title: 'Download', cell: (file) => <Download file={file} />, width: '90px' },
];

export function ArtifactTable({ files, cut, gone, sort, onSort }: FilesProps) {
  return (
    <>
      <Table
        label="Artifacts"
        columns={COLUMNS}
        rows={files}
        rowKey={fileKey}
        sort={sort}
        onSort={onSort}
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
