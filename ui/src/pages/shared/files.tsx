// What lists of stored files have in common: their properties, and the columns that say which file, how large, of which job.
import { Link } from '@tanstack/react-router';

import type { ArtifactView } from '../../api/generated/types.gen.ts';
import type { Column } from '../../parts/Table.tsx';
import { bytes, shortId } from '../../words/amounts.ts';

export interface FilesProps {
  files: readonly ArtifactView[];
  cut: boolean;
  /** There may have been some that retention removed. */
  gone: boolean;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

export const fileKey = (file: ArtifactView) => `${file.job}/${file.path}`;

export const pathColumn = (title: string): Column<ArtifactView> => ({
  id: 'path',
  title,
  cell: (file) => <code className="clip" title={file.path}>{file.path}</code>,
  sort: (file) => file.path,
});

export const SIZE: Column<ArtifactView> = { id: 'size', title: 'Size', cell: (file) => bytes(file.size), sort: (file) => file.size, width: '90px', right: true };

export const JOB: Column<ArtifactView> = {
  id: 'job',
  title: 'Job',
  cell: (file) => (
    <Link to="/jobs/$job" params={{ job: file.job }}>
      {shortId(file.job)}
    </Link>
  ),
  width: '120px',
  spare: true,
};
