// Errors: what failed, the request's id, and a way to try again. A failing panel never takes the page down.
import { ApiProblem } from '../api/problem.ts';
import { Button } from './Button.tsx';
import { Copy } from './Copy.tsx';

interface Told {
  title: string;
  detail: string;
  requestId: string | undefined;
  fields: { path: string; message: string; line?: number | null }[];
}

function told(error: unknown): Told {
  if (error instanceof ApiProblem) return { title: error.title, detail: error.message, requestId: error.requestId, fields: error.fields };
  const detail = error instanceof Error ? error.message : String(error);
  return { title: 'This part of the page broke', detail, requestId: undefined, fields: [] };
}

/** The problem in place, beside what led to it. */
export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, detail, requestId, fields } = told(error);
  const more = fields.filter((field) => field.message !== detail);
  return (
    <div className="problem" role="alert">
      <strong>{title}</strong>
      <p className="wrap-any">{detail}</p>
      {more.length > 0 && (
        <ul className="problem-fields">
          {more.map((field, index) => (
            <li key={index} className="wrap-any">
              {field.path && <code>{field.path}</code>} {field.line != null && <span className="muted">line {field.line}</span>} {field.message}
            </li>
          ))}
        </ul>
      )}
      {(requestId ?? retry) && (
        <div className="row row-wrap">
          {retry && <Button onClick={retry}>Try again</Button>}
          {requestId && (
            <span className="row small muted">
              request <code>{requestId}</code>
              <Copy text={requestId} what="request id" />
            </span>
          )}
        </div>
      )}
    </div>
  );
}
