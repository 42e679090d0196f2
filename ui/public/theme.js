// Runs before the first paint, so that a chosen theme never flashes in the other one. src/app/theme.ts writes the value.
try {
  const theme = localStorage.getItem('kraken.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is refused: the system's theme it is.
}
