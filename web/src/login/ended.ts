/** A page whose session has ended must not look like one that has lost its server: it goes to the login. */

export async function leadToLogin(asked: string): Promise<void> {
  try {
    const answer = await fetch(asked, { method: 'HEAD', cache: 'no-store' });
    if (answer.status !== 401) return;
    const page = location.pathname.split('/').pop() ?? '';
    location.assign(page === '' ? './login' : `./login?next=${encodeURIComponent(page)}`);
  } catch {
    // There is no server to ask; that is said elsewhere.
  }
}
