import { describe, expect, it } from 'vitest';
import {
  type AcceptanceContext,
  acceptDrafts,
  checkDrafts,
  demandOutbound,
  type MessageDraft,
} from '../../shared/domain/acceptance.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import { WaTemplateSchema } from '../../shared/domain/wa-template.ts';

const template = (name: string, language: string, text: string, status = 'APPROVED') =>
  WaTemplateSchema.parse({ name, language, status, text });

const CONTEXT: AcceptanceContext = {
  contact: { email: true, telephone: true, landline: false },
  services: { email: ['mail'], sms: ['text'], whatsapp: ['wa'] },
  templates: [
    template('car_ready', 'nl', 'Uw auto is klaar, {{1}}!'),
    template('car_ready', 'en', 'Your car is ready, {{1}}!'),
    template('plain', 'nl', 'Hallo'),
    template('waiting', 'nl', 'Nog niet', 'PENDING'),
  ],
  languages: ['nl', 'en'],
  windowOpen: true,
};
const context = (overrides: Partial<AcceptanceContext>): AcceptanceContext => ({ ...CONTEXT, ...overrides });

const draft = (overrides: Partial<MessageDraft> = {}): MessageDraft => ({
  type: 'chat',
  role: 'agent',
  text: 'Hey there!',
  ...overrides,
});

/** The refusal in short: code, and the field that it names. */
function refusalOf(act: () => unknown): [code: string, path: string | undefined] {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestError) return [error.code, error.details[0]?.path];
    throw error;
  }
  throw new Error('It was accepted.');
}

const touchpointsOf = (drafts: MessageDraft[], overrides: Partial<AcceptanceContext> = {}) =>
  acceptDrafts(drafts, context(overrides)).drafts.map(({ touchpoint }) => touchpoint);

describe('the touchpoint of a message', () => {
  it('is its own, else the one in force, in array order', () =>
    expect(
      touchpointsOf([
        draft({ touchpoint: 'email' }),
        draft(),
        draft({ touchpoint: 'sms' }),
        draft(),
        draft({ touchpoint: 'whatsapp' }),
        draft(),
      ]),
    ).toEqual(['email', 'email', 'sms', 'sms', 'whatsapp', 'whatsapp']));

  it('is at first the one in force in the conversation', () =>
    expect(touchpointsOf([draft(), draft({ touchpoint: 'email' }), draft()], { touchpointInForce: 'sms' })).toEqual([
      'sms',
      'email',
      'email',
    ]));

  it('is none for what is never delivered, and that leaves the one in force', () => {
    const { drafts, touchpoint, used } = acceptDrafts(
      [
        draft({ touchpoint: 'sms' }),
        draft({ role: 'bot' }),
        draft({ isBackchannel: true }),
        draft({ role: 'agent', type: 'command', text: '/leave' }),
        draft({ role: 'contact', text: 'Hello?' }),
        draft(),
      ],
      CONTEXT,
    );
    expect(drafts.map((accepted) => accepted.touchpoint)).toEqual([
      'sms',
      undefined,
      undefined,
      undefined,
      undefined,
      'sms',
    ]);
    expect(touchpoint).toBe('sms');
    expect(used).toEqual(['sms']);
  });

  it('used last stays in force, and each used one is named once', () => {
    const acceptance = acceptDrafts([draft({ touchpoint: 'sms' }), draft({ touchpoint: 'email' }), draft()], CONTEXT);
    expect(acceptance.touchpoint).toBe('email');
    expect(acceptance.used).toEqual(['sms', 'email']);
  });

  it('keeps the one in force when nothing goes out', () => {
    const acceptance = acceptDrafts([draft({ role: 'bot' })], context({ touchpointInForce: 'email' }));
    expect([acceptance.touchpoint, acceptance.used]).toEqual(['email', []]);
  });

  it.each<[string, MessageDraft[], Partial<AcceptanceContext>, string, string]>([
    ['none is given and none in force', [draft()], {}, 'touchpoint_required', 'messages.0.touchpoint'],
    [
      'a later message has the first one',
      [draft({ role: 'bot' }), draft(), draft({ touchpoint: 'sms' })],
      {},
      'touchpoint_required',
      'messages.1.touchpoint',
    ],
    [
      'the contact has no email',
      [draft({ touchpoint: 'email' })],
      { contact: { email: false, telephone: true, landline: false } },
      'touchpoint_unavailable',
      'messages.0.touchpoint',
    ],
    ...(['sms', 'whatsapp'] as const).map(
      (touchpoint): [string, MessageDraft[], Partial<AcceptanceContext>, string, string] => [
        `the contact has no telephone for ${touchpoint}`,
        [draft({ touchpoint })],
        { contact: { email: true, telephone: false, landline: false } },
        'touchpoint_unavailable',
        'messages.0.touchpoint',
      ],
    ),
    [
      'an SMS would go to a landline',
      [draft({ touchpoint: 'sms' })],
      { contact: { email: true, telephone: true, landline: true } },
      'touchpoint_unavailable',
      'messages.0.touchpoint',
    ],
    [
      'the organization has no service for it',
      [draft({ touchpoint: 'email' })],
      { services: { sms: ['text'] } },
      'touchpoint_unavailable',
      'messages.0.touchpoint',
    ],
    [
      'the one in force is not to be had any more',
      [draft()],
      { touchpointInForce: 'email', services: { email: [] } },
      'touchpoint_unavailable',
      'messages.0.touchpoint',
    ],
  ])('is refused when %s', (_when, drafts, overrides, code, path) =>
    expect(refusalOf(() => acceptDrafts(drafts, context(overrides)))).toEqual([code, path]),
  );

  it('may be WhatsApp to somebody without a number whom Meta names', () => {
    const contact = { email: false, telephone: false, landline: false, whatsappId: true };
    expect(touchpointsOf([draft({ touchpoint: 'whatsapp' })], { contact })).toEqual(['whatsapp']);
    expect(refusalOf(() => touchpointsOf([draft({ touchpoint: 'sms' })], { contact }))[0]).toBe(
      'touchpoint_unavailable',
    );
  });

  it('may be WhatsApp on a landline', () =>
    expect(
      touchpointsOf([draft({ touchpoint: 'whatsapp' })], {
        contact: { email: false, telephone: true, landline: true },
      }),
    ).toEqual(['whatsapp']));
});

describe('the text that goes out', () => {
  it.each<[Touchpoint, number]>([
    ['sms', 1_600],
    ['whatsapp', 4_096],
  ])('by %s is at most %d characters', (touchpoint, longest) => {
    expect(touchpointsOf([draft({ touchpoint, text: 'x'.repeat(longest) })])).toEqual([touchpoint]);
    expect(refusalOf(() => acceptDrafts([draft({ touchpoint, text: 'x'.repeat(longest + 1) })], CONTEXT))).toEqual([
      'invalid_request',
      'messages.0.text',
    ]);
  });

  it('by email may be longer', () =>
    expect(touchpointsOf([draft({ touchpoint: 'email', text: 'x'.repeat(60_000) })])).toEqual(['email']));

  it.each<Touchpoint>(['email', 'sms', 'whatsapp'])('by %s is required', (touchpoint) =>
    expect(refusalOf(() => acceptDrafts([draft({ touchpoint, text: undefined, items: [{}] })], CONTEXT))).toEqual([
      'invalid_request',
      'messages.0.text',
    ]),
  );

  it('of an agent to agents may be absent', () =>
    expect(touchpointsOf([draft({ role: 'bot', text: undefined, items: [{}] })])).toEqual([undefined]));
});

describe('a WhatsApp message', () => {
  const whatsapp = (meta?: Record<string, unknown>, text = 'As the caller wrote it') =>
    draft({ touchpoint: 'whatsapp', text, ...(meta && { meta }) });
  const accepted = (meta: Record<string, unknown>, overrides: Partial<AcceptanceContext> = {}) =>
    acceptDrafts([whatsapp(meta)], context(overrides)).drafts[0];
  const refused = (meta: Record<string, unknown>, overrides: Partial<AcceptanceContext> = {}) =>
    refusalOf(() => acceptDrafts([whatsapp(meta)], context(overrides)));

  it('is free text within 24 hours of the contact’s last', () =>
    expect(acceptDrafts([whatsapp()], CONTEXT).drafts[0]).toMatchObject({ text: 'As the caller wrote it' }));

  it('needs a template otherwise', () =>
    expect(
      refusalOf(() => acceptDrafts([draft({ touchpoint: 'sms' }), whatsapp()], context({ windowOpen: false }))),
    ).toEqual(['template_required', 'messages.1.meta.template']));

  it('of a template carries its text; the caller’s stays in meta', () =>
    expect(accepted({ template: 'car_ready', parameters: ['John'] }, { windowOpen: false })).toMatchObject({
      touchpoint: 'whatsapp',
      text: 'Uw auto is klaar, John!',
      template: { name: 'car_ready', language: 'nl', parameters: ['John'] },
      meta: { template: 'car_ready', callerText: 'As the caller wrote it' },
    }));

  describe('with a fallback', () => {
    const closed = { windowOpen: false };
    const filled = (parameter: string) => ({
      use: { name: 'car_ready', language: 'nl', parameters: [parameter] },
      text: `Uw auto is klaar, ${parameter}!`,
    });

    it.each([true, false])('is free text, whether the window is open (%s)', (windowOpen) =>
      expect(accepted({ fallbackTemplate: 'car_ready', fallbackParameters: ['John'] }, { windowOpen })).toMatchObject({
        text: 'As the caller wrote it',
        fallback: filled('John'),
      }),
    );

    it('fills the only place of its body with the text itself, unless parameters are given', () =>
      expect(accepted({ fallbackTemplate: 'car_ready' }, closed)?.fallback).toEqual(filled('As the caller wrote it')));

    it('that takes no parameter stays as it is', () =>
      expect(accepted({ fallbackTemplate: 'plain' }, closed)?.fallback?.text).toBe('Hallo'));

    it.each<[string, object, string, string]>([
      ['that does not exist', { fallbackTemplate: 'nothing' }, 'unknown_template', 'fallbackTemplate'],
      ['that is not approved', { fallbackTemplate: 'waiting' }, 'unknown_template', 'fallbackTemplate'],
      [
        'with too many parameters',
        { fallbackTemplate: 'plain', fallbackParameters: ['x'] },
        'invalid_request',
        'fallbackParameters',
      ],
    ])('%s is refused, in an open window too', (_, meta, code, field) =>
      expect(refused({ ...meta })).toEqual([code, `messages.0.meta.${field}`]),
    );

    it('refuses text that is no parameter to its template', () =>
      expect(
        refusalOf(() =>
          acceptDrafts([{ ...whatsapp({ fallbackTemplate: 'car_ready' }), text: 'Two\nlines' }], context(closed)),
        ),
      ).toEqual(['invalid_request', 'messages.0.meta.fallbackParameters']));

    it('has none on another touchpoint', () =>
      expect(
        acceptDrafts([draft({ touchpoint: 'sms', meta: { fallbackTemplate: 'nothing' } })], CONTEXT).drafts[0],
      ).not.toHaveProperty('fallback'));
  });

  it('takes its own language before the default ones', () =>
    expect(accepted({ template: 'car_ready', language: 'en', parameters: ['John'] })?.text).toBe(
      'Your car is ready, John!',
    ));

  it('takes the first default language that the template has', () =>
    expect(
      accepted({ template: 'car_ready', parameters: [1] }, { languages: ['de', 'en', 'nl'] })?.template,
    ).toMatchObject({
      language: 'en',
      parameters: ['1'],
    }));

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no such template', { template: 'nothing' }, 'unknown_template', 'messages.0.meta.template'],
    ['one that is not approved', { template: 'waiting' }, 'unknown_template', 'messages.0.meta.template'],
    [
      'a language that it has not',
      { template: 'plain', language: 'de' },
      'unknown_template',
      'messages.0.meta.language',
    ],
    ['too few parameters', { template: 'car_ready' }, 'invalid_request', 'messages.0.meta.parameters'],
    ['too many parameters', { template: 'plain', parameters: ['x'] }, 'invalid_request', 'messages.0.meta.parameters'],
  ])('is refused for %s', (_what, meta, code, path) => expect(refused(meta)).toEqual([code, path]));

  it('names everything that is missing, in one sentence and by field', () => {
    const components = [
      { type: 'BODY', text: 'For {{1}} and {{2}}' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://a.nl/{{1}}' }] },
    ];
    const rich = WaTemplateSchema.parse({ name: 'rich', language: 'nl', status: 'APPROVED', components });
    const act = () =>
      acceptDrafts([whatsapp({ template: 'rich', parameters: ['John'] })], context({ templates: [rich] }));
    expect(act).toThrow(
      'messages.0.meta.parameters: the template "rich" (nl) needs body parameter {{2}} and button 1\'s url suffix.',
    );
    expect(act).toThrow(
      expect.objectContaining({
        details: [
          {
            path: 'messages.0.meta.parameters',
            message: 'the template "rich" (nl) needs body parameter {{2}}',
          },
          { path: 'messages.0.meta.buttons', message: 'the template "rich" (nl) needs button 1\'s url suffix' },
        ],
      }),
    );
  });

  it('carries header, named parameters and buttons as they are sent', () => {
    const components = [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'For {{who}}' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'OK' }] },
    ];
    const rich = WaTemplateSchema.parse({ name: 'rich', language: 'nl', status: 'APPROVED', components });
    const meta = { template: 'rich', parameters: { who: 'Jo' }, header: 'https://a.nl/b.png', buttons: ['OK-1'] };
    expect(accepted(meta, { templates: [rich] })).toMatchObject({
      text: 'For Jo',
      template: {
        parameters: ['Jo'],
        names: ['who'],
        header: { type: 'image', link: 'https://a.nl/b.png' },
        buttons: [{ index: 0, type: 'quick_reply', value: 'OK-1' }],
      },
    });
  });

  it('names the languages that the template has', () => {
    expect(() =>
      acceptDrafts([whatsapp({ template: 'car_ready', language: 'de', parameters: ['x'] })], CONTEXT),
    ).toThrow(/"car_ready".*en, nl/);
  });

  it('on another touchpoint is no template', () =>
    expect(
      acceptDrafts([draft({ touchpoint: 'sms', meta: { template: 'nothing' } })], CONTEXT).drafts[0]?.template,
    ).toBeUndefined());
});

describe('messages that are wrong whatever the conversation', () => {
  it.each<[string, MessageDraft]>([
    ['a bot', draft({ role: 'bot', touchpoint: 'sms' })],
    ['a command', draft({ type: 'command', text: '/leave', touchpoint: 'sms' })],
    ['the backchannel', draft({ isBackchannel: true, touchpoint: 'email' })],
  ])('name a touchpoint on a message of %s, which is never delivered', (_what, wrong) =>
    expect(refusalOf(() => checkDrafts([draft(), wrong]))).toEqual(['invalid_request', 'messages.1.touchpoint']),
  );

  it('are of type status, which the system writes', () =>
    expect(refusalOf(() => checkDrafts([draft({ type: 'status' })]))).toEqual(['invalid_request', 'messages.0.type']));

  it.each(['Marketing', 'promo', '', 1, true])('a purpose that is none: %j', (purpose) =>
    expect(refusalOf(() => checkDrafts([draft(), draft({ meta: { purpose } })]))).toEqual([
      'invalid_request',
      'messages.1.meta.purpose',
    ]),
  );

  it.each(['marketing', 'transactional', null, undefined])('but not the purpose %j', (purpose) =>
    expect(() => checkDrafts([draft({ meta: { purpose } })])).not.toThrow(),
  );

  it.each<[string, MessageDraft[]]>([
    ['only bots’ messages', [draft({ role: 'bot' }), draft({ role: 'bot' })]],
    ['only the backchannel', [draft({ isBackchannel: true })]],
    ['only commands', [draft({ type: 'command', text: '/notify' })]],
    ['only the contact’s', [draft({ role: 'contact' })]],
  ])('send nothing to the contact: %s', (_what, drafts) =>
    expect(refusalOf(() => demandOutbound(drafts))).toEqual(['outbound_message_required', 'messages.0.role']),
  );

  it('are not those with one that goes out', () =>
    expect(() => demandOutbound([draft({ role: 'bot' }), draft()])).not.toThrow());
});
