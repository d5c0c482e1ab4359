import { BadInput, type Fields, fieldsOf, isFields, textOf } from './bad-input.ts';
import type { Courier } from './courier.ts';
import { jsonFields } from './json-body.ts';
import { metaError } from './meta-errors.ts';
import {
  buttonsOf,
  isSame,
  type MetaTemplate,
  type MetaTemplates,
  type Named,
  partOf,
  placesIn,
  templateId,
} from './meta-templates.ts';
import type { createMetaWebhooks } from './meta-webhooks.ts';
import { type Answer, type Call, json } from './port.ts';
import type { Senders, WhatsAppSender } from './senders.ts';

interface Office {
  readonly senders: Senders;
  readonly templates: MetaTemplates;
  readonly webhooks: ReturnType<typeof createMetaWebhooks>;
  readonly courier: Courier;
}

/** A day at Meta. */
const REVIEW_MS = 1000;
const PAGE = 25;
const EDITABLE: ReadonlySet<string> = new Set(['APPROVED', 'REJECTED', 'PAUSED']);
/** What becomes of a template by Meta's events about it. */
const STATUS_AFTER: Readonly<Record<string, string>> = {
  APPROVED: 'APPROVED',
  REINSTATED: 'APPROVED',
  PENDING: 'PENDING',
  REJECTED: 'REJECTED',
  PAUSED: 'PAUSED',
  DISABLED: 'DISABLED',
  DELETED: 'DELETED',
};

/** Templates as a business manages them: made, listed in pages, changed, deleted; and Meta's decisions about them. */
export function createMetaManagement({ senders, templates, webhooks, courier }: Office) {
  const accountsOf = (token: string) => [
    ...new Set(senders.whatsAppToken(token).map(({ businessAccountId }) => businessAccountId)),
  ];

  /** Approved after a moment: nobody here reads it. */
  function review(account: string, template: Named): void {
    courier.later(REVIEW_MS, () => {
      if (templates.find(account, template)?.status === 'PENDING')
        void decide(account, template, { event: 'APPROVED' });
    });
  }

  async function decide(account: string, named: Named, { event, reason }: { event: string; reason?: string }) {
    const template = templates.find(account, named);
    const status = STATUS_AFTER[event];
    if (!template || status === undefined) return;
    if (status === 'DELETED') templates.remove(account, template);
    else templates.put(account, { ...template, status });
    const urls = new Map(senders.whatsAppAccount(account).map((sender) => [sender.webhookUrl, sender]));
    const told = { event, reason: reason ?? 'NONE', id: template.id, name: template.name, language: template.language };
    await Promise.all([...urls.values()].map((sender: WhatsAppSender) => webhooks.template(sender, told)));
  }

  function list(account: string, { searchParams }: URL): Answer {
    const asked = ['name', 'language', 'status'] as const;
    const found = templates
      .of(account)
      .filter((template) => asked.every((field) => (searchParams.get(field) ?? template[field]) === template[field]));
    const from = Number(Buffer.from(searchParams.get('after') ?? '', 'base64').toString()) || 0;
    const to = from + (Number(searchParams.get('limit')) || PAGE);
    const [before, after] = [from, Math.min(to, found.length)].map((at) => Buffer.from(String(at)).toString('base64'));
    const next = `https://graph.facebook.com/v23.0/${account}/message_templates?access_token=hidden&after=${after}`;
    return json(200, {
      data: found.slice(from, to).map(shown),
      paging: { cursors: { before, after }, ...(to < found.length && { next }) },
    });
  }

  function create(account: string, fields: Fields): Answer {
    const { name, language, category } = fields;
    if (typeof name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(name)) return refuse('The name is not valid.');
    if (typeof language !== 'string') return refuse('The language is missing.');
    if (!['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(String(category)))
      return refuse('The category is not valid.');
    if (templates.find(account, { name, language })) return refuse('Content in this language already exists.');
    const components = componentsIn(fields);
    const problem = contentProblem(components);
    if (problem) return refuse(problem);
    const template = made({ name, language, category: String(category), components });
    templates.put(account, { ...template, id: templateId(account, template) });
    review(account, template);
    return json(200, { id: templateId(account, template), status: 'PENDING', category });
  }

  function edit(account: string, template: MetaTemplate, fields: Fields): Answer {
    if (!EDITABLE.has(template.status)) return refuse(`A template that is ${template.status} cannot be edited.`);
    const components = Array.isArray(fields.components) ? componentsIn(fields) : template.components;
    const problem = contentProblem(components);
    if (problem) return refuse(problem);
    const category = String(fields.category ?? template.category);
    templates.put(account, { ...made({ ...template, category, components }), id: template.id });
    review(account, template);
    return json(200, { success: true });
  }

  function remove(account: string, { searchParams }: URL): Answer {
    const [name, id] = [searchParams.get('name'), searchParams.get('hsm_id')];
    const gone = templates.of(account).filter((t) => t.name === name && (id === null || t.id === id));
    if (gone.length === 0) return refuse('There is no such template.');
    for (const template of gone) templates.remove(account, template);
    return json(200, { success: true });
  }

  return {
    /** `object` is the id of an account or of a template. */
    answer(call: Call, token: string, object: string): Answer {
      const accounts = accountsOf(token);
      if (accounts.length === 0) return metaError({ code: 190, details: 'Invalid OAuth access token' });
      const account = accounts.find((known) => known === object || templates.of(known).some(({ id }) => id === object));
      if (account === undefined)
        return metaError({ code: 100, details: 'Object does not exist or lacks permissions.' });
      const fields = jsonFields(call.body.toString('utf8'));
      const template = templates.of(account).find(({ id }) => id === object);
      if (template) return call.method === 'POST' ? edit(account, template, fields) : json(200, shown(template));
      if (call.method === 'POST') return create(account, fields);
      return call.method === 'DELETE' ? remove(account, call.url) : list(account, call.url);
    },
    /** What people decide at Meta, by `POST /_local/templates`. */
    async decideAs(input: unknown): Promise<void> {
      const fields = fieldsOf(input, 'The body', ['name', 'language', 'event', 'reason']);
      const named = { name: textOf(fields, 'name', 'A decision'), language: textOf(fields, 'language', 'A decision') };
      const event = textOf(fields, 'event', 'A decision');
      const reason = fields.reason === undefined ? undefined : textOf(fields, 'reason', 'A decision');
      if (!STATUS_AFTER[event]) throw new BadInput(`"event" must be one of ${Object.keys(STATUS_AFTER).join(', ')}.`);
      const having = senders
        .whatsAppAccounts()
        .filter((account) => templates.of(account).some((t) => isSame(t, named)));
      if (having.length === 0) throw new BadInput(`There is no template ${named.name} in ${named.language}.`);
      await Promise.all(having.map((account) => decide(account, named, { event, ...(reason && { reason }) })));
    },
  };
}

/** What a review would send back at once. */
function contentProblem(components: readonly Fields[]): string | undefined {
  const body = partOf({ components }, 'BODY');
  if (!body) return 'A template needs a body.';
  const example = isFields(body.example) ? (body.example.body_text ?? body.example.body_text_named_params) : undefined;
  if (placesIn(body.text).length > 0 && !example) return 'The body has variables, so it needs an example for each.';
  return buttonsOf({ components }).length > 10 ? 'A template has at most 10 buttons.' : undefined;
}

const made = ({ name, language, category, components }: Omit<MetaTemplate, 'id' | 'status' | 'body'>) => ({
  name,
  language,
  category,
  components,
  status: 'PENDING',
  body: String(partOf({ components }, 'BODY')?.text ?? ''),
});

const shown = ({ body: _, ...template }: MetaTemplate) => template;
const componentsIn = ({ components }: Fields): Fields[] =>
  Array.isArray(components) ? components.filter(isFields) : [];
const refuse = (details: string): Answer => metaError({ code: 100, details });
