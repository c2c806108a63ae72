/** Passkeys between the site, which writes octets as base64url, and the browser, which wants them as such. */

const NOT_ALLOWED = 'NotAllowedError';

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export function toBase64url(octets: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(octets), (octet) => String.fromCharCode(octet)).join('');
  return btoa(letters).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export const supported = (): boolean => typeof PublicKeyCredential === 'function';

interface Named {
  id: string;
  type: 'public-key';
}

interface Asked {
  publicKey: {
    challenge: string;
    user?: { id: string; name: string; displayName: string };
    excludeCredentials?: Named[];
    [key: string]: unknown;
  };
}

/** Asks the browser to make a key; `null` when its user did not want to. */
export async function make(asked: unknown): Promise<unknown> {
  const { publicKey } = asked as Asked;
  const options = {
    ...publicKey,
    challenge: fromBase64url(publicKey.challenge),
    user: { ...publicKey.user!, id: fromBase64url(publicKey.user!.id) },
    excludeCredentials: (publicKey.excludeCredentials ?? []).map((key) => ({ ...key, id: fromBase64url(key.id) })),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await wanted(navigator.credentials.create({ publicKey: options }))) as PublicKeyCredential | null;
  if (!made) return null;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    id: made.id,
    type: made.type,
    response: { clientDataJSON: toBase64url(response.clientDataJSON), attestationObject: toBase64url(response.attestationObject) },
  };
}

/** Asks the browser to show a key; `null` when its user did not want to. */
export async function show(asked: unknown): Promise<unknown> {
  const { publicKey } = asked as Asked;
  const options = { ...publicKey, challenge: fromBase64url(publicKey.challenge), allowCredentials: [] } as unknown as PublicKeyCredentialRequestOptions;
  const shown = (await wanted(navigator.credentials.get({ publicKey: options }))) as PublicKeyCredential | null;
  if (!shown) return null;
  const response = shown.response as AuthenticatorAssertionResponse;
  return {
    id: shown.id,
    type: shown.type,
    response: {
      clientDataJSON: toBase64url(response.clientDataJSON),
      authenticatorData: toBase64url(response.authenticatorData),
      signature: toBase64url(response.signature),
    },
  };
}

async function wanted(asking: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await asking;
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === NOT_ALLOWED) return null;
    throw fault;
  }
}
