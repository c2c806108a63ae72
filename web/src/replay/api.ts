/** Asking the server about recordings. */

export class ApiError extends Error {
  constructor(
    readonly status: number,
    words: string,
  ) {
    super(words);
  }
}

/** The text of an answer; where there is none, the server's own words on why. Waits while it is busy. */
export async function ask(address: string): Promise<string> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(address, { cache: 'no-store' }).catch(() => null);
    if (!answer) throw new ApiError(0, 'The server does not answer.');
    const text = await answer.text();
    if (answer.ok) return text;
    if (answer.status === 503 && attempt < 20) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    throw new ApiError(answer.status, words(answer.status, text));
  }
}

function words(status: number, text: string): string {
  try {
    const { error, remedy } = JSON.parse(text) as { error?: string; remedy?: string };
    return [error, remedy].filter(Boolean).join('; ');
  } catch {
    return `the server answered ${status}`;
  }
}
