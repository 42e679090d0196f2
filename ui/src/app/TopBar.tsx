import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { me } from '../api/queries.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { Menu, MenuItem } from '../parts/Menu.tsx';
import { Crumbs } from './Crumbs.tsx';
import { Mark } from './Mark.tsx';
import { StartMenu } from './StartMenu.tsx';
import { setTheme, THEMES, useTheme } from './theme.ts';
import { useSignOut } from './useSignOut.ts';

export function TopBar({ onSearch, onKeys }: { onSearch: () => void; onKeys: () => void }) {
  const theme = useTheme();
  const who = useQuery(me()).data;
  const leave = useSignOut();
  return (
    <header className="bar">
      <Link to="/" className="brand" aria-label="Kraken, home">
        <Mark />
        <span>Kraken</span>
      </Link>
      <Crumbs />
      <div className="bar-end">
        <Button icon="search" className="bar-search" keys="Ctrl K" onClick={onSearch}>
          Search or jump
        </Button>
        <StartMenu onSearch={onSearch} />
        <IconButton icon="help" label="Keys" className="bar-keys" onClick={onKeys} />
        <Menu trigger={<button type="button" className="icon-button" aria-label="Theme and account"><ThemeIcon /></button>}>
          {who && (
            <p className="menu-note">
              Signed in as <bdi>{who.name}</bdi>
            </p>
          )}
          <MenuItem render={<Link to="/me" />}>You and your rights</MenuItem>
          {THEMES.map(({ value, label }) => (
            <MenuItem key={value} chosen={value === theme} onClick={() => setTheme(value)}>
              {label}
            </MenuItem>
          ))}
          <MenuItem onClick={leave}>Sign out</MenuItem>
        </Menu>
      </div>
    </header>
  );
}

function ThemeIcon() {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12z" />
      <path d="M8 2v12A6 6 0 0 0 8 2z" fill="currentColor" />
    </svg>
  );
}
