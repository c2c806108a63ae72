import { describe, expect, it } from 'vitest';
import { nextPage } from './next';

describe('where a login leads', () => {
  it('is the page that was asked for', () => {
    expect(nextPage('?next=replay')).toBe('./replay');
    expect(nextPage('?next=me.html&x=1')).toBe('./me.html');
  });

  it.each(['', '?next=', '?next=//evil.example', '?next=https:evil.example', '?next=..', '?next=a/../../b', '?next=%2F%2Fevil.example', '?next=javascript:alert(1)'])(
    'is the first page for %j', (search) => expect(nextPage(search)).toBe('./'),
  );
});
