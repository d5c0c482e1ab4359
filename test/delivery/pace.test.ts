import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver } from '../../shared/delivery/deliver.ts';
import { createPace, type Leaving } from '../../shared/delivery/pace.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Table } from '../../shared/store/table.ts';
import { newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createSetting, deliveryOf, inSeconds, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const PAIR_MS = 6_000;
/** As one environment has it. */
const newPace = () => createPace({ table, clock: setting.clock, random: () => 0.5, pairMs: PAIR_MS });

describe('the pace of a sender', () => {
  const sms = (rate?: string): Leaving => ({
    service: { id: setting.services.sms, params: rate === undefined ? {} : { rate } },
    touchpoint: 'sms',
    conversation: { id: newId() },
  });
  /** How many of so many messages may leave, asked about by several environments by turns. */
  const allowed = async (leaving: Leaving, count: number, paces: ReturnType<typeof newPace>[]) => {
    let gone = 0;
    for (let index = 0; index < count; index++) {
      const answer = await paces[index % paces.length]?.ask(leaving);
      if (answer?.go) gone += 1;
    }
    return gone;
  };

  it('is its rate in one second, over all environments', async () => {
    const paces = [newPace(), newPace(), newPace()];
    expect(await allowed(sms('40'), 100, paces)).toBe(40);
    setting.clock.advance(1_000);
    expect(await allowed(sms('40'), 100, paces)).toBe(40);
  });

  it('stays its rate when the shares are given out afresh', async () => {
    const paces = [newPace(), newPace()];
    await allowed(sms('40'), 100, paces);
    setting.clock.advance(10_000);
    expect(await allowed(sms('40'), 100, paces)).toBe(40);
    setting.clock.advance(999);
    expect(await allowed(sms('40'), 100, paces)).toBe(0);
  });

  it('stays its rate when the shares go from one environment to another', async () => {
    const [before, after] = [newPace(), newPace()];
    setting.clock.advance(9_900);
    expect(await allowed(sms('40'), 40, [before])).toBe(40);
    setting.clock.advance(200);
    expect(await allowed(sms('40'), 40, [after])).toBe(0);
    setting.clock.advance(900);
    expect(await allowed(sms('40'), 40, [after])).toBe(40);
  });

  it('holds for any second, not only for those of the clock', async () => {
    const pace = newPace();
    setting.clock.advance(900);
    expect(await allowed(sms('40'), 50, [pace])).toBe(40);
    setting.clock.advance(200);
    expect(await allowed(sms('40'), 50, [pace])).toBe(0);
  });

  it('leaves room for others beside a batch that asks at once', async () => {
    const [greedy, other] = [newPace(), newPace()];
    const batch = await Promise.all(Array.from({ length: 10 }, () => greedy.ask(sms('40'))));
    expect(batch.filter(({ go }) => go)).toHaveLength(10);
    expect(await allowed(sms('40'), 50, [other])).toBe(30);
  });

  it('comes back after an environment that holds it fell idle', async () => {
    await allowed(sms('40'), 40, [newPace()]);
    setting.clock.advance(11_000);
    expect(await allowed(sms('40'), 50, [newPace()])).toBe(40);
  });

  it('is free where there is no rate, for SMS and email', async () => {
    expect(await allowed(sms(), 200, [newPace()])).toBe(200);
  });

  it('may be less than one in a second', async () => {
    const paces = [newPace(), newPace()];
    let gone = 0;
    for (let second = 0; second < 20; second++) {
      gone += await allowed(sms('0.5'), 4, paces);
      setting.clock.advance(1_000);
    }
    expect(gone).toBe(10);
  });

  it('names a moment within the next second', async () => {
    const pace = newPace();
    expect(await pace.ask(sms('1'))).toEqual({ go: true });
    expect(await pace.ask(sms('1'))).toEqual({ go: false, at: inSeconds(1.5) });
  });

  it('is 80 in a second by WhatsApp unless the service says otherwise', async () => {
    const by = (params: Record<string, string>) => ({
      service: { id: newId(), params },
      touchpoint: 'whatsapp' as const,
    });
    const given = await setting.given({});
    /** Each to another contact. */
    const gone = async (sender: ReturnType<typeof by>, count: number) => {
      const pace = newPace();
      let sent = 0;
      for (let index = 0; index < count; index++) {
        const { conversation } = index === 0 ? given : await setting.given({ profile: {} });
        if ((await pace.ask({ ...sender, conversation })).go) sent += 1;
      }
      return sent;
    };
    expect(await gone(by({}), 90)).toBe(80);
    setting.clock.advance(PAIR_MS);
    expect(await gone(by({ rate: '20' }), 30)).toBe(20);
  });
});

describe('the pace towards one person by WhatsApp', () => {
  const leaving = async (): Promise<Leaving> => {
    const { conversation } = await setting.given({});
    return { service: { id: setting.services.whatsapp, params: {} }, touchpoint: 'whatsapp', conversation };
  };

  it('is one message in 6 s, over all environments and however many ask at once', async () => {
    const message = await leaving();
    const paces = Array.from({ length: 19 }, newPace);
    const answers = await Promise.all(paces.map((pace) => pace.ask(message)));
    expect(answers.filter(({ go }) => go)).toHaveLength(1);
    for (const answer of answers) expect(answer.go || answer.at).toBe(answer.go || inSeconds(6));
    setting.clock.advance(PAIR_MS - 1);
    expect(await paces[7]?.ask(message)).toEqual({ go: false, at: inSeconds(6) });
    setting.clock.advance(1);
    expect(await paces[11]?.ask(message)).toEqual({ go: true });
  });

  it('is seen in the conversation without a write', async () => {
    const message = await leaving();
    const conversation = { ...message.conversation, whatsappAt: inSeconds(-2) };
    expect(await newPace().ask({ ...message, conversation })).toEqual({ go: false, at: inSeconds(4) });
  });

  it('does not slow another contact', async () => {
    const message = await leaving();
    expect(await newPace().ask(message)).toEqual({ go: true });
    const { conversation } = await setting.given({ profile: {} });
    expect(await newPace().ask({ ...message, conversation })).toEqual({ go: true });
  });

  it('brings no conversation back that is gone', async () => {
    const conversation = { id: newId() };
    const answer = await newPace().ask({ ...(await leaving()), conversation });
    expect(answer).toEqual({ go: false, at: inSeconds(6) });
    await expect(setting.conversation(conversation.id)).rejects.toThrow();
  });

  it('holds between messages of one conversation that are sent one after the other', async () => {
    const window = { windowAt: inSeconds(-60), windowBy: setting.services.whatsapp };
    const message: Partial<Message> = { touchpoint: 'whatsapp' };
    const { messages } = await setting.given(window, message, message);
    const sent = setting.providers.whatsapp.requests;
    const send = (which: Message) =>
      deliver({ ...setting.delivery('whatsapp'), pace: newPace() }, deliveryOf(which), { remainingMs: () => 30_000 });
    await send(messages[0]);
    expect(sent).toHaveLength(1);
    setting.takeTicks();
    setting.clock.advance(2_000);
    const next = messages[1] ?? messages[0];
    await send(next);
    expect(sent).toHaveLength(1);
    expect(setting.takeTicks()).toEqual([[next.key, 4]]);
    expect(await setting.message(next)).toMatchObject({ state: 'pending', attempt: 0, notBefore: inSeconds(6) });
    setting.clock.advance(4_000);
    await send(next);
    expect(sent).toHaveLength(2);
  });
});
