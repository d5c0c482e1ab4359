import type { ConversationView } from '../../../shared/contracts/views/conversations.ts';
import type { MessageView } from '../../../shared/contracts/views/messages.ts';
import { escapeHtml } from '../../../shared/domain/html-entities.ts';

const REFRESH_SECONDS = 2;

const STYLE = `body{font:16px/1.4 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h1{font-size:1.3rem;margin:0}p{margin:.2rem 0}ul{padding-left:1.2rem}small{color:#666}
article{margin:.6rem 0;padding:.5rem .8rem;border-radius:.5rem;background:#eef;max-width:80%;white-space:pre-wrap;overflow-wrap:anywhere}
article.agent{margin-left:auto;background:#dfd}article.bot,article.system{margin-left:auto;background:#eee}
article small{display:block}`;

/** A conversation for people: nothing of the page can be pressed, runs, or comes from elsewhere; it loads itself again. */
export const conversationPage = (conversation: ConversationView, messages: readonly MessageView[]): string => {
  const name = escapeHtml(conversation.name);
  const users = new Map(conversation.participants.map(({ user, name: given }) => [user, given ?? user]));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${name}</title>
<style>${STYLE}</style>
<h1>${name}</h1>
<p>${lineOf(conversation.status, conversation.type, conversation.touchpoint && `by ${conversation.touchpoint}`)}</p>
<p><small>${conversation.id}</small></p>
<ul>
${conversation.participants.map(participantOf).join('\n')}
</ul>
${messages.map((message) => messageOf(message, users)).join('\n')}
</html>
`;
};

/** What there is of these, with dots between. */
const lineOf = (...parts: readonly (string | false | undefined)[]): string =>
  parts
    .filter((part) => part !== false && part !== undefined && part !== '')
    .map((part) => escapeHtml(String(part)))
    .join(' · ');

type Participant = ConversationView['participants'][number];

const participantOf = ({ user, name, role, active, accepted, inbox, unreadCount }: Participant): string =>
  `<li>${lineOf(
    name ?? user,
    role,
    active && 'active',
    accepted && 'accepted',
    inbox && 'inbox',
    unreadCount > 0 && `${unreadCount} unread`,
  )}</li>`;

const messageOf = (message: MessageView, users: ReadonlyMap<string, string>): string => {
  const { role, type, text, touchpoint, delay, isBackchannel, delivery, createdAt } = message;
  const head = lineOf(
    message.user ? (users.get(message.user) ?? message.user) : role,
    type !== 'chat' && type,
    touchpoint,
    isBackchannel && 'backchannel',
    createdAt,
    delay !== undefined && delay > 0 && `due ${delay} ms later`,
  );
  const foot = lineOf(delivery?.status, delivery?.error && `${delivery.error.code}: ${delivery.error.message}`);
  return `<article class="${role}"><small>${head}</small>${escapeHtml(text ?? '')}<small>${foot}</small></article>`;
};
