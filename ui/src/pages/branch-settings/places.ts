// Where a branch can be looked at from outside, and how other pages take its badge in. Pure.

export interface Place {
  label: string;
  text: string;
}

/** `base`: where this installation is, without a slash at the end. */
export function addresses(base: string, branch: string, project: string): { badge: string; tray: string; projectTray: string; feed: string } {
  const of = `${base}/api/branches/${encodeURIComponent(branch)}`;
  return {
    badge: `${of}/badges/build.svg`,
    tray: `${of}/cctray.xml`,
    projectTray: `${base}/api/projects/${encodeURIComponent(project)}/cctray.xml`,
    feed: `${of}/feed.atom`,
  };
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const inHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => HTML[sign] ?? sign);
/** What Markdown would read as its own, within the text of a picture. */
const inMarkdown = (text: string): string => text.replace(/[\\[\]<>*_`!]/g, (sign) => `\\${sign}`);
/** Brackets would end the address. */
const asTarget = (address: string): string => address.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'));

/** The badge as texts to copy: a picture that leads to the branch. */
export function embeddings(picture: string, page: string, name: string): Place[] {
  return [
    { label: 'Markdown', text: `[![${inMarkdown(name)}](${asTarget(picture)})](${asTarget(page)})` },
    { label: 'HTML', text: `<a href="${inHtml(page)}"><img src="${inHtml(picture)}" alt="${inHtml(name)}"></a>` },
    { label: 'Address', text: picture },
  ];
}

/** A picture whose text is known, as an address that the page may show. */
export const pictureOf = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
