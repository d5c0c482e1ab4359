import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseEmailAddress } from '../../shared/domain/email-address.ts';

const keyOf = (input: string): string => {
  const parsed = parseEmailAddress(input);
  return parsed.ok ? parsed.matchKey : parsed.reason;
};

describe('an email address has one match key, however it is written', () => {
  it.each([
    ['johnjohn@example.com', 'johnjohn@example.com'],
    ['JohnJohn@Example.COM', 'johnjohn@example.com'],
    ['  john@example.com \n', 'john@example.com'],
    ['\u00a0john@example.com', 'john@example.com'],
    ['john.smith@example.com', 'john.smith@example.com'],
    ['j.o.h.n@gmail.com', 'j.o.h.n@gmail.com'],
    ['john+news@example.com', 'john+news@example.com'],
    ['John+News@Example.com', 'john+news@example.com'],
    ["o'hara@example.com", "o'hara@example.com"],
    ['under_score@example.com', 'under_score@example.com'],
    ['-dash-@example.com', '-dash-@example.com'],
    ['1@example.com', '1@example.com'],
    ['a@b.co', 'a@b.co'],
    ['a@sub.sub2.example.co.uk', 'a@sub.sub2.example.co.uk'],
    ['a@1and1.com', 'a@1and1.com'],
    ['a@ex-ample.com', 'a@ex-ample.com'],
    ['john@bücher.de', 'john@xn--bcher-kva.de'],
    ['john@BÜCHER.de', 'john@xn--bcher-kva.de'],
    ['john@bu\u0308cher.de', 'john@xn--bcher-kva.de'],
    ['john@xn--bcher-kva.de', 'john@xn--bcher-kva.de'],
    ['john@XN--BCHER-KVA.DE', 'john@xn--bcher-kva.de'],
    ['john@straße.de', 'john@xn--strae-oqa.de'],
    ['john@strasse.de', 'john@strasse.de'],
    ['john@пример.рф', 'john@xn--e1afmkfd.xn--p1ai'],
    ['john@例え.jp', 'john@xn--r8jz45g.jp'],
    ['john@例え。jp', 'john@xn--r8jz45g.jp'],
    ['john@ｅｘａｍｐｌｅ.com', 'john@example.com'],
    ['bounce=john=example.com@lists.example.org', 'bounce=john=example.com@lists.example.org'],
    ['prvs=abc123=john@example.com', 'prvs=abc123=john@example.com'],
    ['g=john/s=smith@gateway.example', 'g=john/s=smith@gateway.example'],
    ['black&white@example.com', 'black&white@example.com'],
    ['a!b#c$d%e*f?g^h`i{j|k}l~@example.com', 'a!b#c$d%e*f?g^h`i{j|k}l~@example.com'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [`a@${'b'.repeat(63)}.com`, `a@${'b'.repeat(63)}.com`],
  ])('%j', (input, matchKey) => expect(parseEmailAddress(input)).toMatchObject({ ok: true, matchKey }));

  it('gives two mailboxes two keys: dots and +tags are part of the name', () => {
    const keys = ['john@x.nl', 'j.ohn@x.nl', 'john+a@x.nl', 'john@y.nl', 'john@x.n.nl'].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('keeps the address as it was given, trimmed, and says what SES takes', () =>
    expect(parseEmailAddress(' John@Bücher.de ')).toEqual({
      ok: true,
      address: 'John@Bücher.de',
      ascii: 'John@xn--bcher-kva.de',
      matchKey: 'john@xn--bcher-kva.de',
    }));

  it('takes its own key for the same address', () =>
    expect(keyOf(keyOf('John@Bücher.de'))).toBe(keyOf('John@Bücher.de')));

  it('takes every address that z.email() takes, hyphens at the edge of a label apart', () => {
    const locals = ['a', 'A1', 'a.b', "a'b", 'a+b', 'a-b', 'a_b', '+a', '_', '-'];
    const domains = ['b.co', 'b-c.nl', '1.museum', 'b.c.d.org', 'B.NL'];
    for (const local of locals)
      for (const domain of domains) {
        const address = `${local}@${domain}`;
        expect(z.email().safeParse(address).success, address).toBe(true);
        expect(parseEmailAddress(address).ok, address).toBe(true);
      }
  });
});

const INVALID = /^is not a valid email address; write it like john@example.com$/;
const INVISIBLE = /line breaks or invisible characters/;
const NAMED = /must be the address alone/;
const ASCII = /letters outside ASCII before the @/;

describe('what is not an email address is refused with a reason that says what to do', () => {
  it.each([
    ['', /is empty/],
    ['   ', /is empty/],
    ['john', INVALID],
    ['@example.com', INVALID],
    ['john@', INVALID],
    ['john@localhost', INVALID],
    ['john@example', INVALID],
    ['john@@example.com', INVALID],
    ['john@smith@example.com', INVALID],
    ['john smith@example.com', INVALID],
    ['john@exam ple.com', INVALID],
    ['.john@example.com', INVALID],
    ['john.@example.com', INVALID],
    ['john..smith@example.com', INVALID],
    ['john@example..com', INVALID],
    ['john@.example.com', INVALID],
    ['john@example.com.', INVALID],
    ['john@-example.com', INVALID],
    ['john@example-.com', INVALID],
    ['john@exam_ple.com', INVALID],
    ['john@127.0.0.1', INVALID],
    ['john@[127.0.0.1]', INVALID],
    ['john@0x7f.1', INVALID],
    ['john@１２７.0.0.1', INVALID],
    ['john@example.123', INVALID],
    ['john@example.com:25', INVALID],
    ['john@example.com/path', INVALID],
    ['john@example.com?x=1', INVALID],
    ['john@example.com#x', INVALID],
    ['john@ex%61mple.com', INVALID],
    ['john@example.com\\@evil.com', INVALID],
    ['john@xn--\u0430.com', INVALID],
    [`john@${'b'.repeat(64)}.com`, INVALID],
    ['mailto:john@example.com', INVALID],
    ['john@example.com,jane@example.com', INVALID],
    ['john@example.com;jane@example.com', INVALID],
    ['"john smith"@example.com', INVALID],
    ['john(comment)@example.com', INVALID],
    ['John <john@example.com>', NAMED],
    ['<john@example.com>', NAMED],
    ['john@example.com\r\nBcc: jane@example.com', INVISIBLE],
    ['john@exam\nple.com', INVISIBLE],
    ['jo\thn@example.com', INVISIBLE],
    ['john\u0000@example.com', INVISIBLE],
    ['john@example.com\u200b', INVISIBLE],
    ['john@exam\u00adple.com', INVISIBLE],
    ['john\u2028@example.com', INVISIBLE],
    ['\u202ejohn@example.com', INVISIBLE],
    ['jörg@example.com', ASCII],
    ['ｊohn@example.com', ASCII],
    ['用户@example.com', ASCII],
    [`${'a'.repeat(65)}@example.com`, /more than 64 characters before the @/],
    [`a@${'b.'.repeat(125)}com`, /longer than 254 characters/],
    [`a@${'ü.'.repeat(60)}com`, /longer than 254 characters/],
  ])('%.60j', (input, reason) =>
    expect(parseEmailAddress(input)).toEqual({ ok: false, reason: expect.stringMatching(reason) }),
  );

  it('refuses by length before anything else is done with it', () =>
    expect(keyOf(`${'a.'.repeat(1_000_000)}@b.nl`)).toMatch(/longer than 254/));

  it('never throws, whatever it is given', () => {
    for (const input of [
      undefined,
      null,
      0,
      {},
      [],
      '@',
      '@@',
      '\ud800@b.nl',
      'a@\ud800.nl',
      'a@\u0000',
      'a@%',
      'a@xn--',
    ])
      expect(() => parseEmailAddress(input as string)).not.toThrow();
  });

  it('does not repeat the address in the reason', () => expect(keyOf('secret@localhost')).not.toContain('secret'));
});
