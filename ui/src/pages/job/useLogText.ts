// The whole text of the log that is shown, kept from one search to the next for as long as it is shown.
import { useEffect, useMemo } from 'react';

import { jobLog, openLog } from '../../api/logs.ts';
import { LogText } from '../../log/text.ts';

export function useLogText(job: string, tryNumber: number | undefined): LogText {
  const text = useMemo(() => {
    const lines = jobLog(job, tryNumber, () => undefined);
    return new LogText({ open: (signal) => openLog(job, tryNumber, signal), read: (from, count, signal) => lines.read(from, count, signal) });
  }, [job, tryNumber]);
  useEffect(() => () => text.close(), [text]);
  return text;
}
