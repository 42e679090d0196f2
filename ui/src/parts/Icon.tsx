// The few shapes of the house, drawn on a 16 px grid. They say nothing by themselves: a word stands beside them, or in their label.

const SHAPES = {
  chevron: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.500l3.500 3.500L13 5',
  copy: 'M6 6V3.500A1.500 1.500 0 0 1 7.500 2h5A1.500 1.500 0 0 1 14 3.500v5A1.500 1.500 0 0 1 12.500 10H10M3.500 6h5A1.500 1.500 0 0 1 10 7.500v5A1.500 1.500 0 0 1 8.500 14h-5A1.500 1.500 0 0 1 2 12.500v-5A1.500 1.500 0 0 1 3.500 6z',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3.500 3.500',
  plus: 'M8 3v10M3 8h10',
  play: 'M5 3.500v9l7-4.500z',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500L7.500 13A3 3 0 0 1 3 8.500L4.500 7',
  download: 'M8 2v8M4.500 7L8 10.500 11.500 7M3 13.500h10',
  home: 'M2.500 7.500L8 3l5.500 4.500M4 6.500v7h8v-7',
  queue: 'M3 4h10M3 8h10M3 12h6',
  agent: 'M3 3h10v7H3zM6 13.500h4M8 10v3.500',
  groups: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  key: 'M5.500 12.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 8l5.500-5.500M11 5l2 2',
  folder: 'M2 4.500A1.500 1.500 0 0 1 3.500 3H6l1.500 2h5A1.500 1.500 0 0 1 14 6.500v5a1.500 1.500 0 0 1-1.500 1.500h-9A1.500 1.500 0 0 1 2 11.500z',
  help: 'M6 6a2 2 0 1 1 2.800 1.800c-.5.3-.8.6-.8 1.200v.5M8 12v.01M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14z',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12',
  follow: 'M8 2v8M4.500 7L8 10.500 11.500 7M3 13.500h10',
  wrap: 'M2 4h12M2 8h9.500a2 2 0 0 1 0 4H8M9.500 10L7.500 12l2 2M2 12h3',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 5v3.500L10 10',
  star: 'M8 2l1.800 3.900 4.200.5-3.100 2.900.8 4.200L8 11.400 4.300 13.500l.8-4.200L2 6.400l4.200-.5z',
  filter: 'M2 3.500h12L9.500 8.500V13l-3-1.500v-3z',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
