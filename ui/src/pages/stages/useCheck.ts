// Checks a stage's code on the server while it is written: a moment after the last key, the newest text only.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { checkStage } from '../../api/actions.ts';

const PAUSE_MS = 350;

export function useCheck(branch: string, name: string, code: string) {
  const [settled, setSettled] = useState({ name, code });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ name, code }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [name, code]);
  const check = useQuery({
    queryKey: ['stage-check', branch, settled.name, settled.code],
    queryFn: ({ signal }) => checkStage(branch, settled.name, settled.code, signal),
    enabled: settled.name.trim() !== '' && settled.code.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
  return { ...check, current: settled.name === name && settled.code === code && !check.isPlaceholderData };
}
