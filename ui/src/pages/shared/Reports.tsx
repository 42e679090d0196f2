// Reports that jobs stored: pages for people, opened beside the application, which they can't reach.
import { artifactAddress } from '../../api/actions.ts';
import type { ArtifactView } from '../../api/generated/types.gen.ts';
import { useAct } from '../../app/useAct.ts';
import { Button } from '../../parts/Button.tsx';
import { Empty } from '../../parts/Panel.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { runOfJob } from '../../words/labels.ts';
import { fileKey, type FilesProps, JOB, pathColumn, SIZE } from './files.tsx';

function Open({ file }: { file: ArtifactView }) {
  const { busy, act } = useAct();
  const open = async () => {
    const address = await act(() => artifactAddress(runOfJob(file.job), file.path, true), { touch: [] });
    if (address !== undefined) window.open(address.url, '_blank', 'noopener,noreferrer');
  };
  return (
    <Button look="quiet" icon="link" busy={busy} aria-label={`Open ${file.path}`} onClick={() => void open()}>
      Open
    </Button>
  );
}

const COLUMNS: Column<ArtifactView>[] = [
  pathColumn('Report'),
  { ...SIZE, spare: true },
  JOB,
  { id: 'open', title: 'Open', cell: (file) => <Open file={file} />, width: '110px' },
];

export function Reports({ files, cut, gone, sort, onSort }: FilesProps) {
  const entries = files.filter((file) => file.report_entry === true);
  return (
    <>
      <Table
        label="Reports"
        columns={COLUMNS}
        rows={entries}
        rowKey={fileKey}
        sort={sort}
        onSort={onSort}
        empty={
          gone ? (
            <Empty>No reports are left.</Empty>
          ) : (
            <Empty>
              No reports. A step with the tool <code>artifacts</code> that names the first page of one by <code>report_entry</code> brings it here.
            </Empty>
          )
        }
      />
      {cut && <p className="small muted panel-note">There may be more: these are among the first {files.length} files.</p>}
    </>
  );
}
