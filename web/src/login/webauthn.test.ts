import { expect, it } from 'vitest';
import { fromBase64url, toBase64url } from './webauthn';

it('writes octets as the site reads them, and back', () => {
  const octets = Uint8Array.from([0, 255, 254, 62, 63, 1]);
  expect(toBase64url(octets.buffer)).toBe('AP_-Pj8B');
  expect([...fromBase64url('AP_-Pj8B')]).toEqual([...octets]);
  for (let length = 0; length < 5; length += 1) {
    const some = octets.slice(0, length);
    expect([...fromBase64url(toBase64url(some.buffer))]).toEqual([...some]);
  }
});
