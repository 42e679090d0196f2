import { Link } from '@tanstack/react-router';

import type { FoundLine } from '../../api/generated/types.gen.ts';
import { Empty } from '../../parts/Panel.tsx';
import { Tag } from '../../parts/State.tsx';
import { counted } from '../../words/amounts.ts';
import { full } from '../../words/time.ts';

/** Lines that the search over logs found. `behind`: stored logs that are not in it yet. */
export function FoundLines({ lines, behind, more }: { lines: readonly FoundLine[]; behind: number; more: boolean }) {
  return (
    <>
      {behind > 0 && <p className="panel-note small muted">About {counted(behind, 'log is', 'logs are')} not in the search yet.</p>}
      {lines.length === 0 && !more && <Empty>No such lines.</Empty>}
      <ul className="lines">
        {lines.map((line, index) => (
          <li key={index} className="line-row found-line">
            <time className="muted small" dateTime={line.time}>
              {full(line.time)}
            </time>
            <Source line={line} />
            {(line.level === 'error' || line.level === 'warn') && <Tag look={line.level === 'error' ? 'failed' : 'tests'}>{line.level}</Tag>}
            <code className="line-main wrap-any">{line.text}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where a line comes from, and the way there. */
function Source({ line }: { line: FoundLine }) {
  if (line.job) {
    return (
      <Link to="/jobs/$job" params={{ job: line.job }} className="small">
        job
      </Link>
    );
  }
  if (line.agent) {
    return (
      <Link to="/agents/$agent" params={{ agent: line.agent }} className="small">
        agent
      </Link>
    );
  }
  return <span className="muted small">{line.service}</span>;
}
