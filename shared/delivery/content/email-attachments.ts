import type { Message } from '../../domain/message.ts';
import type { Link } from './email-html.ts';

/** An address that a reader may follow; undefined for anything but http and https. */
function webAddress(value: unknown): URL | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}

function nameOf({ pathname, host }: URL): string {
  const last = pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || host;
  } catch {
    return last;
  }
}

function cardLink(card: unknown): Link[] {
  const { title, mediaUrl } = (card ?? {}) as { title?: unknown; mediaUrl?: unknown };
  const url = webAddress(mediaUrl);
  return url ? [{ label: typeof title === 'string' && title !== '' ? title : nameOf(url), url: url.href }] : [];
}

/** What is attached to a message, as links: `meta.attachments`, one address or a list, and the media of its cards. */
export function attachmentsOf({ meta, items = [] }: Message): Link[] {
  const attached = [meta?.attachments ?? []].flat().flatMap((value) => webAddress(value) ?? []);
  return [...attached.map((url) => ({ label: nameOf(url), url: url.href })), ...items.flatMap(cardLink)];
}
