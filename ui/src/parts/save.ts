// Having the browser keep a file.

function follow(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.rel = 'noopener';
  link.click();
}

/** From an address that wants no token: it goes straight to the disk, whatever its size. */
export const saveFrom = follow;

/** What the page has read. Only for what is small. */
export function saveBlob(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  follow(href, name);
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
