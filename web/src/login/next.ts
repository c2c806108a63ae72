/** Where somebody goes after the login: to a page of this site, whatever a link to the login says. */

const PAGE = /^[A-Za-z0-9_.-]+$/;

export function nextPage(search: string): string {
  const asked = new URLSearchParams(search).get('next') ?? '';
  // `..` would lead out of a proxy's path.
  return PAGE.test(asked) && !asked.includes('..') ? `./${asked}` : './';
}
