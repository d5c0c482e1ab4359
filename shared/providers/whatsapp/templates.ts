import * as z from 'zod';
import { type WaTemplate, WaTemplateSchema } from '../../domain/wa-template.ts';
import { createHttp, type HttpAnswer, type HttpDeps } from '../http.ts';
import type { NetworkFailure } from '../network-failure.ts';
import { API_VERSION, GRAPH_URL } from './graph.ts';

/** The WhatsApp Business Account that templates belong to, and a token that may manage them. */
export interface BusinessAccount {
  readonly id: string;
  readonly accessToken: string;
}

/** `refused`: what was asked for is wrong, in Meta's words; else Meta could not be reached, or not with this account. */
export interface ManagementFailure {
  readonly done: false;
  readonly refused: boolean;
  readonly message: string;
}
export type Managed<T> = { readonly done: true; readonly value: T } | ManagementFailure;

/** Templates as Meta has them, with Meta's ids; `unread` are the names and languages of those we cannot make out. */
export interface TemplateListing {
  readonly templates: readonly WaTemplate[];
  readonly unread: readonly Pick<WaTemplate, 'name' | 'language'>[];
}

/** What of a template is the business's own. */
export type TemplateContent = Pick<WaTemplate, 'category' | 'components' | 'parameter_format'>;

/** Manages templates at Meta. One attempt each, and never a throw for anything Meta answers. */
export interface TemplateManager {
  /** All of them, page by page, within `timeoutMs`. */
  list(account: BusinessAccount, timeoutMs: number): Promise<Managed<TemplateListing>>;
  create(
    account: BusinessAccount,
    template: TemplateContent & Pick<WaTemplate, 'name' | 'language'>,
    timeoutMs: number,
  ): Promise<Managed<{ id: string; status: string; category?: string }>>;
  change(
    account: BusinessAccount,
    id: string,
    changes: Partial<TemplateContent>,
    timeoutMs: number,
  ): Promise<Managed<undefined>>;
  remove(
    account: BusinessAccount,
    template: { name: string; id: string },
    timeoutMs: number,
  ): Promise<Managed<undefined>>;
}

const MAX_WORDS = 1000;
const PAGE = '100';
/** 6,000 templates is the most that Meta lets an account have. */
const MAX_PAGES = 100;
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

const PageSchema = z.object({
  data: z.array(z.unknown()),
  paging: z
    .object({ next: z.string().optional(), cursors: z.object({ after: z.string().optional() }).optional() })
    .optional(),
});
const NameSchema = z.object({ name: z.string(), language: z.string() });
const CreatedSchema = z.object({
  id: z.coerce.string().min(1),
  status: z.string().min(1).default('PENDING'),
  category: z.string().optional(),
});
const ErrorSchema = z.object({
  error: z.object({
    message: z.string().optional(),
    error_user_msg: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});

/** Source: Meta's message_templates, and github.com/facebook/openapi, business-messaging-api v23.0. */
export function createTemplateManager({
  baseUrl = GRAPH_URL,
  ...deps
}: HttpDeps & { baseUrl?: string } = {}): TemplateManager {
  const http = createHttp(deps);
  const now = deps.now ?? Date.now;
  const urlOf = (path: string, query: Record<string, string> = {}): string => {
    const url = new URL(`${baseUrl}/${API_VERSION}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  };
  const edgeOf = ({ id }: BusinessAccount, query?: Record<string, string>): string =>
    urlOf(`${encodeURIComponent(id)}/message_templates`, query);
  const by = ({ accessToken }: BusinessAccount, timeoutMs: number) => ({
    headers: { authorization: `Bearer ${accessToken}` },
    timeoutMs,
  });

  async function list(account: BusinessAccount, timeoutMs: number): Promise<Managed<TemplateListing>> {
    const end = now() + timeoutMs;
    const data: unknown[] = [];
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const left = end - now();
      if (left <= 0) return tooLong;
      const url = edgeOf(account, { limit: PAGE, ...(after !== undefined && { after }) });
      const answer = await http.get(url, { ...by(account, left), maxBytes: MAX_PAGE_BYTES });
      const read = readAnswer(answer, PageSchema, account);
      if (!read.done) return read;
      data.push(...read.value.data);
      after = read.value.paging?.next === undefined ? undefined : read.value.paging.cursors?.after;
      if (after === undefined) return { done: true, value: readListing(data) };
    }
    return tooLong;
  }

  return {
    list,
    async create(account, template, timeoutMs) {
      return readAnswer(await http.postJson(edgeOf(account), template, by(account, timeoutMs)), CreatedSchema, account);
    },
    async change(account, id, changes, timeoutMs) {
      const url = urlOf(encodeURIComponent(id));
      return withoutValue(readAnswer(await http.postJson(url, changes, by(account, timeoutMs)), z.unknown(), account));
    },
    async remove(account, { name, id }, timeoutMs) {
      const url = edgeOf(account, { name, hsm_id: id });
      return withoutValue(readAnswer(await http.delete(url, by(account, timeoutMs)), z.unknown(), account));
    },
  };
}

const tooLong: ManagementFailure = {
  done: false,
  refused: false,
  message: 'Meta took too long to list all templates.',
};

function readListing(data: readonly unknown[]): TemplateListing {
  const templates: WaTemplate[] = [];
  const unread: z.output<typeof NameSchema>[] = [];
  for (const item of data) {
    const template = WaTemplateSchema.safeParse(item).data;
    const name = NameSchema.safeParse(item).data;
    if (template) templates.push(template);
    else if (name) unread.push(name);
  }
  return { templates, unread };
}

const withoutValue = (managed: Managed<unknown>): Managed<undefined> =>
  managed.done ? { done: true, value: undefined } : managed;

/** A refusal is the caller's to mend unless it concerns the account, the rate or Meta itself. */
function readAnswer<T extends z.ZodType>(
  answer: HttpAnswer | ({ readonly kind: 'failure' } & NetworkFailure),
  schema: T,
  { accessToken }: BusinessAccount,
): Managed<z.output<T>> {
  if (answer.kind === 'failure')
    return { done: false, refused: false, message: `Meta did not answer: ${answer.message}` };
  const { status, body } = answer;
  const value = schema.safeParse(body);
  if (status >= 200 && status < 300 && value.success) return { done: true, value: value.data };
  const { error } = ErrorSchema.safeParse(body).data ?? {};
  const words = error?.error_user_msg ?? error?.error_data?.details ?? error?.message ?? `It answered ${status}.`;
  return {
    done: false,
    refused: status >= 400 && status < 500 && ![401, 403, 429].includes(status),
    message: words.replaceAll(accessToken, '…').slice(0, MAX_WORDS),
  };
}
