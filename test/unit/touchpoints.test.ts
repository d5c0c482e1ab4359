import { describe, expect, it } from 'vitest';
import { type AcceptanceContext, acceptDrafts, type MessageDraft } from '../../shared/domain/acceptance.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { alternativesLeft, isOfTouchpoint, switchTouchpoint } from '../../shared/domain/next-touchpoint.ts';
import { WaTemplateSchema } from '../../shared/domain/wa-template.ts';
import { aMessage } from '../support/builders.ts';

const CONTEXT: AcceptanceContext = {
  contact: { email: true, telephone: true, landline: false },
  services: { email: ['mail'], sms: ['text'], whatsapp: ['wa'] },
  templates: [WaTemplateSchema.parse({ name: 'ready', language: 'nl', status: 'APPROVED', text: 'Klaar!' })],
  languages: ['nl'],
  windowOpen: true,
};
const draft = (overrides: Partial<MessageDraft> = {}): MessageDraft => ({
  type: 'chat',
  role: 'agent',
  text: 'Ready!',
  touchpoints: ['whatsapp', 'sms', 'email'],
  ...overrides,
});
const accept = (drafts: MessageDraft[], overrides: Partial<AcceptanceContext> = {}) =>
  acceptDrafts(drafts, { ...CONTEXT, ...overrides });

describe('a message with several touchpoints', () => {
  it('goes by the first, and keeps what the others take', () =>
    expect(accept([draft({ meta: { template: 'ready' } })]).drafts).toMatchObject([
      {
        touchpoint: 'whatsapp',
        text: 'Klaar!',
        template: { name: 'ready' },
        otherwise: [
          { touchpoint: 'sms', text: 'Ready!' },
          { touchpoint: 'email', text: 'Ready!' },
        ],
      },
    ]));

  it.each<[string, Partial<AcceptanceContext>, string[]]>([
    ['WhatsApp takes no text now', { windowOpen: false }, ['sms', 'email']],
    ['the organization has no service for it', { services: { sms: ['text'] } }, ['sms']],
    ['the contact has no telephone', { contact: { email: true, telephone: false, landline: false } }, ['email']],
    [
      'the telephone is a landline',
      { contact: { email: true, telephone: true, landline: true } },
      ['whatsapp', 'email'],
    ],
  ])('leaves one out that cannot be used: %s', (_, overrides, expected) => {
    const [accepted] = accept([draft()], overrides).drafts;
    const others = accepted?.otherwise ?? [];
    expect([accepted?.touchpoint, ...others.map(({ touchpoint }) => touchpoint)]).toEqual(expected);
  });

  it('sets the one in force by the first that can be used', () =>
    expect(accept([draft(), draft({ touchpoints: undefined })], { windowOpen: false })).toMatchObject({
      touchpoint: 'sms',
      drafts: [{ touchpoint: 'sms' }, { touchpoint: 'sms' }],
    }));

  it.each<[string, MessageDraft, string]>([
    ['none can be used', draft(), 'messages.0.touchpoints'],
    ['one is given beside them', draft({ touchpoint: 'sms' }), 'messages.0.touchpoints'],
    ['it is not for the contact', draft({ role: 'bot' }), 'messages.0.touchpoints'],
    ['the contact writes it', draft({ role: 'contact' }), 'messages.0.touchpoints'],
    ['its template is unknown', draft({ meta: { template: 'other' } }), 'messages.0.meta.template'],
  ])('is refused if %s', (_, refused, path) => {
    const act = () => accept([refused], { services: { whatsapp: ['wa'] }, windowOpen: false });
    expect(act).toThrow(RequestError);
    expect(act).toThrow(expect.objectContaining({ details: [expect.objectContaining({ path })] }));
  });
});

describe('the next touchpoint', () => {
  const message = aMessage({
    touchpoint: 'whatsapp',
    text: 'Klaar!',
    template: { name: 'ready', language: 'nl', parameters: [] },
    otherwise: [{ touchpoint: 'sms', text: 'Ready!' }, { touchpoint: 'email' }],
  });

  it('has its own text, no template of another, and says what was given up', () => {
    const next = switchTouchpoint(message, '131026');
    expect(next).toMatchObject({
      touchpoint: 'sms',
      text: 'Ready!',
      givenUp: [{ touchpoint: 'whatsapp', code: '131026' }],
    });
    expect(next).not.toHaveProperty('template');
    expect(next && alternativesLeft(next)).toEqual([{ touchpoint: 'email' }]);
  });

  it('is none after the last', () => {
    const last = switchTouchpoint(switchTouchpoint(message, 'a') ?? message, 'b');
    expect(last?.touchpoint).toBe('email');
    expect(last && switchTouchpoint(last, 'c')).toBeUndefined();
  });

  it('is none while an attempt is unclear: the contact may have the message', () =>
    expect(switchTouchpoint({ ...message, unclear: true }, '131026')).toBeUndefined());

  it.each<[boolean, Parameters<typeof isOfTouchpoint>[0]]>([
    [true, { code: '131026', class: 'permanent', scope: 'recipient' }],
    [true, { code: '132001', class: 'permanent', scope: 'template' }],
    [true, { code: '131047', class: 'permanent', scope: 'content', effect: 'needs_template' }],
    [true, { code: 'opted_out', class: 'permanent' }],
    [false, { code: 'contact_deleted', class: 'permanent' }],
    [false, { code: '190', class: 'permanent', scope: 'account' }],
    [false, { code: '131009', class: 'permanent', scope: 'request' }],
    [false, { code: '30003', class: 'retryable', scope: 'recipient' }],
    [false, { code: 'timeout', class: 'ambiguous', scope: 'request' }],
  ])('%s: is tried after %j', (expected, refusal) => expect(isOfTouchpoint(refusal)).toBe(expected));
});
