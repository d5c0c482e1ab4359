import type { EventIds, Notification } from '../../shared/contracts/queue-messages.ts';
import type { NotifyParts } from './parts.ts';
import { type Resources, readResources } from './resources.ts';

/** Of ActivityStreams, and what is said in words. */
const ACTIVITIES: Readonly<Record<string, readonly [type: string, words: string]>> = {
  create: ['Create', 'was created'],
  update: ['Update', 'was changed'],
  delete: ['Delete', 'was deleted'],
  error: ['Update', 'failed'],
  login: ['Arrive', 'logged in'],
  conflict: ['Update', 'owns an identifier that was given for another'],
};

/** Where the API has each kind of resource. */
const PATHS: Readonly<Record<string, string>> = {
  conversation: 'conversations',
  message: 'messages',
  delivery: 'messages',
  contact: 'contacts',
  organization: 'organizations',
  service: 'services',
  channel: 'channels',
  watemplate: 'watemplates',
  user: 'users',
};

/**
 * What a webhook is told of an event (contract section 9): the resources as they are now, as the API shows them; of one
 * that was deleted its id alone. Undefined when what it is about is not there any more.
 */
export async function payloadOf(parts: NotifyParts, notification: Notification): Promise<object | undefined> {
  const found = await readResources(parts, notification);
  if (!found) return undefined;
  const { delivery, event, organization, at, ids } = notification;
  const linkTo = (kind: string, id: string): string => `${parts.settings.publicUrl}/v2/${PATHS[kind]}/${id}`;
  const [resource = '', action = ''] = event.split('.');
  const [type, words] = ACTIVITIES[action] ?? ['Update', action];
  return {
    id: delivery,
    timestamp: new Date(parts.clock.now()).toISOString(),
    event,
    organization,
    activity: {
      '@context': 'https://www.w3.org/ns/activitystreams',
      type,
      actor: actorOf(found, notification, linkTo),
      object: { id: linkTo(resource, ids[idOf(resource)] ?? ''), type: 'Object' },
      published: new Date(at).toISOString(),
      summary: `A ${resource} ${words}`,
    },
    data: { ...found.data, links: linksOf({ organization, ...ids, ...found.links }, linkTo) },
  };
}

/** A delivery is what becomes of a message, and has no id of its own. */
const idOf = (resource: string) => (resource === 'delivery' ? 'message' : resource) as keyof EventIds;

type LinkTo = (kind: string, id: string) => string;

function actorOf({ actor }: Resources, { event, organization, ids }: Notification, linkTo: LinkTo) {
  if (actor) return { id: linkTo(actor.kind, actor.id), type: 'Person' };
  if (event === 'user.login' && ids.user) return { id: linkTo('user', ids.user), type: 'Person' };
  return { id: linkTo('organization', organization), type: 'Organization' };
}

const linksOf = (ids: Readonly<Record<string, string | undefined>>, linkTo: LinkTo) =>
  Object.fromEntries(
    Object.entries(ids).flatMap(([kind, id]) => (id !== undefined && kind in PATHS ? [[kind, linkTo(kind, id)]] : [])),
  );
