/** Elements without a framework. Text is always set as text: nothing from the server is ever parsed as markup. */

export interface ElementOptions {
  class?: string;
  testid?: string;
  text?: string;
  attributes?: Record<string, string>;
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.testid) element.dataset['testid'] = options.testid;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Sets text only when it differs, so that ten ticks per second cost nothing and disturb no selection. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes `parent`'s children exactly `wanted`, in that order, moving as little as possible: an element that has the
 * keyboard's focus keeps it when its neighbours change.
 */
export function arrange(parent: HTMLElement, wanted: readonly HTMLElement[]): void {
  const focused = document.activeElement;
  for (const child of [...parent.children]) if (!wanted.includes(child as HTMLElement)) child.remove();
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) focused.focus();
}

export function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** 24-hour UTC, the time everybody on the net shares. */
export function utc(at_ms: number): string {
  return `${new Date(at_ms).toISOString().slice(11, 19)} Z`;
}
