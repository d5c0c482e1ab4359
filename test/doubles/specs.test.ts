import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAws } from './aws.ts';
import { openSunshine } from './sunshine.ts';
import { freeText, openStage, type Stage, template } from './support.ts';

const SPECS = fileURLToPath(new URL('../../../shared/specs', import.meta.url));
const missing = !existsSync(SPECS);

describe.skipIf(missing)(
  `requests against the providers' documents${missing ? ' (folder shared/specs not there)' : ''}`,
  () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await openStage({ specsDir: SPECS });
      await stage.control('POST', 'reply', {
        touchpoint: 'whatsapp',
        from: '+31646280994',
        to: '106540352242901',
        text: 'Hoi',
      });
    });
    afterAll(() => stage.close());

    const violations = async () => JSON.parse(await (await stage.control('GET', 'violations')).text());
    const errorOf = async (response: Response) => JSON.parse(await response.text());

    it('are checked', () => {
      expect(stage.addresses.specs).toBe(true);
    });

    it('pass when they keep to the document', async () => {
      await stage.control('DELETE', 'violations');
      const answers = [
        await stage.sms({
          StatusCallback: 'http://127.0.0.1:9/s?m=1#rc=3&rp=all',
          ValidityPeriod: '300',
          SmartEncoded: 'true',
        }),
        await stage.whatsapp({ ...freeText('hello'), biz_opaque_callback_data: 'm=1' }),
        await stage.whatsapp({ ...template('welcome', 'nl', ['Ana', '42']), biz_opaque_callback_data: 'm=1' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200]);
      expect(await violations()).toEqual([]);
    });

    it.each([
      ['a field that Twilio does not know', { StatusCallBack: 'http://127.0.0.1:9/' }, 'StatusCallBack'],
      ['a service id of another shape', { MessagingServiceSid: 'MG1' }, 'MessagingServiceSid'],
      ['a number that is none', { ValidityPeriod: 'soon' }, 'ValidityPeriod'],
    ])('are refused by twilio for %s, naming it', async (_, fields: Record<string, string>, named) => {
      await stage.control('DELETE', 'violations');
      const response = await stage.sms(fields);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ code: 20001, message: expect.stringContaining(named) });
      expect(await violations()).toMatchObject([{ provider: 'twilio', violation: expect.stringContaining(named) }]);
    });

    it('are checked at AWS and Sunshine too', async () => {
      await stage.control('DELETE', 'violations');
      const aws = await openAws(stage);
      const call = await openSunshine(stage);
      expect((await aws.sms()).status).toBe(200);
      expect((await call('POST', '/users', { externalId: 'person' })).status).toBe(201);
      expect(await violations()).toEqual([]);
      expect((await aws.sms({ MesageType: 'PROMOTIONAL' })).status).toBe(400);
      expect((await aws.sms({ TimeToLive: 'soon' })).status).toBe(400);
      expect((await call('POST', '/users', { externalID: 'other' })).status).toBe(400);
      expect((await call('POST', '/conversations', { type: 7 })).status).toBe(400);
      expect(await violations()).toMatchObject([
        { provider: 'aws-sms', violation: expect.stringContaining('MesageType') },
        { provider: 'aws-sms', violation: expect.stringContaining('TimeToLive') },
        { provider: 'sunshine', violation: expect.stringContaining('externalID') },
        { provider: 'sunshine', violation: expect.stringContaining('type') },
      ]);
    });

    it('keep the code of Twilio where Twilio has one', async () => {
      expect(await errorOf(await stage.sms({ To: '' }))).toMatchObject({ code: 21604 });
    });

    it.each([
      ['a field that Meta does not know', { ...freeText('x'), priority: 'high' }, 'priority'],
      ['a text that is none', { type: 'text', text: { body: 'x', preview_url: 'yes' } }, 'preview_url'],
      [
        'a component that does not exist',
        {
          type: 'template',
          template: {
            name: 'welcome',
            language: { policy: 'deterministic', code: 'nl' },
            components: [
              {
                type: 'body',
                parameters: [
                  { type: 'text', text: 'a' },
                  { type: 'text', text: 'b' },
                ],
              },
              { type: 'tail' },
            ],
          },
        },
        'components.1.type',
      ],
    ])('are refused by Meta for %s, naming it', async (_, message, named) => {
      await stage.control('DELETE', 'violations');
      const { error } = await errorOf(await stage.whatsapp(message));
      expect(error).toMatchObject({ code: 100, error_data: { details: expect.stringContaining(named) } });
      expect(await violations()).toMatchObject([{ provider: 'whatsapp', violation: expect.stringContaining(named) }]);
    });
  },
);

describe('without the documents', () => {
  it('nothing is checked', async () => {
    const stage = await openStage({ specsDir: '/nowhere' });
    expect(stage.addresses.specs).toBe(false);
    expect((await stage.sms({ StatusCallBack: 'x' })).status).toBe(201);
    await stage.close();
  });
});
