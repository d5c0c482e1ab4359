import { describe, expect, it } from 'vitest';
import { parseTelephone } from '../../shared/domain/telephone.ts';

interface Subscriber {
  readonly who: string;
  readonly country: string;
  readonly matchKey: string;
  readonly types: readonly string[];
  readonly written: readonly string[];
}

const EITHER = 'FIXED_LINE_OR_MOBILE';

/**
 * One subscriber: country, who it is, match key, type; below it all the ways in which the number is written.
 * The country reads the national ones.
 */
const TABLE = `
NL | mobile | +31646280994 | MOBILE
    +31646280994 ; 0646280994 ; 06-46280994 ; 06 46 28 09 94 ; 646280994 ; 31646280994 ; 0031646280994 ;
    0031 6 46280994 ; +31 6 46280994 ; +31 (0)6 46280994 ; +31(0)646280994 ; (+31) 6 46280994 ; +31-6-4628.0994 ;
    +31/6/46280994 ; +31\u00a06\u202f46280994 ; \u202a+31 6 46280994\u202c ; +31 6–4628—0994 ; ＋31 6 ４６２８0994 ;
    +٣١٦٤٦٢٨٠٩٩٤ ; whatsapp:+31646280994 ; WhatsApp:+31646280994 ; tel:+31-6-46280994 ; sms:+31646280994
NL | Amsterdam landline | +31201234567 | FIXED_LINE
    +31201234567 ; 020-1234567 ; 020 123 4567 ; 0031 20 1234567 ; +31 (0)20 1234567
NL | Groningen landline | +31501234567 | FIXED_LINE
    +31501234567 ; 050-1234567
BR | São Paulo mobile, 6 | +5511961234567 | MOBILE
    +5511961234567 ; +551161234567 ; +55 11 96123-4567 ; +55 11 6123-4567 ; +55 (11) 96123-4567 ;
    +55 (0)11 96123-4567 ; +55 (0)11 6123-4567 ; (11) 96123-4567 ; (11) 6123-4567 ; 011 96123-4567 ;
    0 11 6123-4567 ; 0 15 11 96123-4567 ; 0 15 11 6123-4567 ; 5511961234567 ; 551161234567 ; 0055 11 96123-4567 ;
    0055 11 6123-4567 ; whatsapp:+551161234567
BR | São Paulo mobile, 7 | +5511971234567 | MOBILE
    +5511971234567 ; +551171234567 ; (11) 7123-4567
BR | São Paulo mobile, 8 | +5511981234567 | MOBILE
    +5511981234567 ; +551181234567 ; (11) 8123-4567
BR | São Paulo mobile, 9 | +5511991234567 | MOBILE
    +5511991234567 ; +551191234567 ; (11) 9123-4567
BR | São Paulo mobile that never had eight digits | +5511931234567 | MOBILE
    +5511931234567 ; (11) 93123-4567
BR | São Paulo landline with the digits of the former | +551131234567 | FIXED_LINE
    +551131234567 ; (11) 3123-4567 ; 0 11 3123-4567 ; 0055 11 31234567
BR | São Paulo landline, 2 | +551121234567 | FIXED_LINE
    +551121234567 ; (11) 2123-4567
BR | São Paulo landline, 4 | +551141234567 | FIXED_LINE
    +551141234567 ; (11) 4123-4567
BR | São Paulo landline, 5 | +551151234567 | FIXED_LINE
    +551151234567 ; (11) 5123-4567
BR | Belo Horizonte mobile | +5531996883193 | MOBILE
    +5531996883193 ; +553196883193 ; (31) 99688-3193
BR | Rio mobile | +5521964180266 | MOBILE
    +5521964180266 ; +552164180266
BR | Curitiba mobile | +5541988887777 | MOBILE
    +5541988887777 ; +554188887777
BR | area 55 mobile | +5555991234567 | MOBILE
    +5555991234567 ; +555591234567 ; (55) 9123-4567
BR | Cascavel landline | +554532782153 | FIXED_LINE
    +554532782153 ; (45) 3278-2153
BR | Blumenau landline, by 0055 also Germany | +554933221234 | FIXED_LINE
    +554933221234 ; 0055 49 3322-1234
MX | Mexico City | +525512345678 | FIXED_LINE_OR_MOBILE
    +525512345678 ; +5215512345678 ; +52 1 55 1234 5678 ; +52 55 1234 5678 ; 55 1234 5678 ; 044 55 1234 5678 ;
    045 55 1234 5678 ; 01 55 1234 5678 ; 1 55 1234 5678 ; +52 044 55 1234 5678 ; +52 01 55 1234 5678 ;
    0052 1 55 1234 5678 ; 5215512345678 ; 525512345678 ; whatsapp:+5215512345678
MX | Monterrey | +528112345678 | FIXED_LINE_OR_MOBILE
    +528112345678 ; +5218112345678 ; 81 1234 5678
MX | Monclova | +528661234567 | FIXED_LINE_OR_MOBILE
    +528661234567 ; +5218661234567 ; 044 866 123 4567
MX | toll-free | +528001234567 | TOLL_FREE
    +528001234567 ; 01 800 123 4567
AR | Buenos Aires mobile | +5491123456789 | MOBILE
    +5491123456789 ; +54 9 11 2345-6789 ; +54 11 15 2345-6789 ; +54 (0)11 15 2345-6789 ; +54 9 11 15 2345 6789 ;
    +54 9 (0)11 2345 6789 ; 011 15 2345-6789 ; (011) 15-2345-6789 ; 11 15 2345 6789 ; 9 11 2345 6789 ;
    0054 9 11 2345 6789 ; whatsapp:+5491123456789
AR | Buenos Aires mobile, also without 9 | +5491165432109 | MOBILE or FIXED_LINE_OR_MOBILE
    +5491165432109 ; +541165432109 ; 11 6543-2109 ; 011 6543 2109 ; 0054 11 6543 2109
AR | Buenos Aires landline | +541141234567 | FIXED_LINE
    +541141234567 ; +54 11 4123-4567 ; 011 4123-4567 ; 11 4123 4567 ; +54 (0)11 4123 4567 ; 0054 11 4123 4567
AR | Buenos Aires mobile with the digits of that landline | +5491141234567 | MOBILE
    +5491141234567 ; 011 15 4123-4567 ; +54 11 15 4123 4567
AR | Córdoba mobile | +5493516123456 | MOBILE
    +5493516123456 ; 0351 15 612-3456 ; +54 351 15 6123456 ; 351 15 6123456
AR | Córdoba mobile without 9, second digit 4 | +5493516423456 | FIXED_LINE_OR_MOBILE
    +543516423456 ; 0351 642-3456
AR | Córdoba landline | +543514123456 | FIXED_LINE
    +543514123456 ; 0351 412-3456 ; 351 4123456
AR | Río Gallegos mobile | +5492966415123 | MOBILE
    +5492966415123 ; 02966 15 415123 ; 2966 15 41-5123 ; +54 2966 15 415123
AR | Río Gallegos landline with the digits of that mobile | +542966415123 | FIXED_LINE
    +542966415123 ; 02966 41-5123
AR | Río Gallegos mobile without 9 | +5492966615123 | FIXED_LINE_OR_MOBILE
    +542966615123 ; 02966 61-5123
AR | Santa Rosa (2954) mobile without 9 | +5492954612345 | FIXED_LINE_OR_MOBILE
    +542954612345
AR | Concordia landline, area of three | +543454212345 | FIXED_LINE
    +543454212345 ; 0345 421-2345
AR | toll-free | +548001234567 | TOLL_FREE
    +548001234567 ; 0800 123 4567
GA | Libertis mobile | +24166031234 | MOBILE
    +24166031234 ; 066 03 12 34 ; +24106031234 ; 06 03 12 34 ; +2416031234
GA | Airtel mobile | +24177280150 | MOBILE
    +24177280150 ; 077 28 01 50 ; +24107280150 ; +2417280150
GA | landline | +24111441234 | FIXED_LINE
    +24111441234 ; +24101441234 ; 01 44 12 34
DE | mobile | +4915123456789 | MOBILE
    +4915123456789 ; 0151 23456789 ; 0049 151 23456789 ; +49 (0)151 23456789 ; 0151/23456789
DE | Berlin landline | +4930123456 | FIXED_LINE
    +4930123456 ; 030 123456 ; 030/12 34 56 ; +49 (0)30 123456
DE | Berlin landline, one digit longer | +49301234567 | FIXED_LINE
    +49301234567 ; 030 1234567
BE | mobile | +32470123456 | MOBILE
    +32470123456 ; 0470 12 34 56 ; 0470/12.34.56 ; 0032 470 12 34 56 ; +32 (0)470 12 34 56
BE | Brussels landline | +3225123456 | FIXED_LINE
    +3225123456 ; 02 512 34 56 ; +32 (0)2 512 34 56
LU | mobile | +352621123456 | MOBILE
    +352621123456 ; 621 123 456
GB | mobile | +447400123456 | MOBILE
    +447400123456 ; 07400 123456 ; +44 (0)7400 123456 ; 0044 7400 123456 ; +44 07400 123456
GB | mobile of a Guernsey range | +447911123456 | MOBILE
    +447911123456 ; 07911 123456
GB | London landline | +442079460958 | FIXED_LINE
    +442079460958 ; 020 7946 0958 ; +44 (0)20 7946 0958
IE | mobile | +353851234567 | MOBILE
    +353851234567 ; 085 123 4567
US | number | +12133734253 | FIXED_LINE_OR_MOBILE
    +12133734253 ; (213) 373-4253 ; 213-373-4253 ; 1-213-373-4253 ; 2133734253 ; +1 213 373 4253 ;
    001 213 373 4253 ; 011 1 213 373 4253
US | toll-free | +18002345678 | TOLL_FREE
    +18002345678 ; 1-800-234-5678
US | mobile called from the US | +31612345678 | MOBILE
    +31612345678 ; 011 31 6 12345678 ; 00 31 6 12345678
CA | number | +16135550134 | FIXED_LINE_OR_MOBILE
    +16135550134 ; 613-555-0134
IN | mobile | +919876543210 | MOBILE
    +919876543210 ; 98765 43210 ; 098765 43210 ; +91 98765-43210 ; 919876543210
IN | Delhi landline | +911123456789 | FIXED_LINE
    +911123456789 ; 011 2345 6789
FR | mobile | +33612345678 | MOBILE
    +33612345678 ; 06 12 34 56 78 ; 06.12.34.56.78 ; +33 (0)6 12 34 56 78 ; 0033 6 12 34 56 78
FR | Paris landline | +33142685300 | FIXED_LINE
    +33142685300 ; 01 42 68 53 00
ES | mobile | +34612345678 | MOBILE
    +34612345678 ; 612 34 56 78 ; 612-345-678 ; 0034 612345678
ES | Madrid landline | +34912345678 | FIXED_LINE
    +34912345678 ; 91 234 56 78
PT | mobile | +351912345678 | MOBILE
    +351912345678 ; 912 345 678
IT | mobile | +393331234567 | MOBILE
    +393331234567 ; 333 123 4567 ; 0039 333 1234567
IT | Milan landline, whose 0 stays | +390212345678 | FIXED_LINE
    +390212345678 ; 02 1234 5678 ; +39 (0)2 12345678 ; 0039 02 12345678
IT | landline in the Italian plan | +390669812345 | FIXED_LINE
    +390669812345 ; 06 698 12345
CH | mobile | +41781234567 | MOBILE
    +41781234567 ; 078 123 45 67
AT | mobile | +43664123456 | MOBILE
    +43664123456 ; 0664 123456
PL | mobile | +48512345678 | MOBILE
    +48512345678 ; 512 345 678
HU | mobile, trunk 06 | +36201234567 | MOBILE
    +36201234567 ; 06 20 123 4567 ; +36 06 20 123 4567
RU | mobile, trunk 8 | +79123456789 | MOBILE
    +79123456789 ; 8 912 345-67-89 ; +7 (912) 345-67-89 ; +7 8 912 345 67 89
KZ | mobile of the same code | +77710009998 | MOBILE
    +77710009998 ; 8 771 000 9998
TR | mobile | +905012345678 | MOBILE
    +905012345678 ; 0501 234 56 78
SG | mobile | +6591234567 | MOBILE
    +6591234567 ; 9123 4567 ; 0065 9123 4567
SG | landline | +6561234567 | FIXED_LINE
    +6561234567 ; 6123 4567
ZA | mobile | +27821234567 | MOBILE
    +27821234567 ; 082 123 4567 ; 0027 82 123 4567 ; +27 (0)82 123 4567
ZA | Johannesburg landline | +27111234567 | FIXED_LINE
    +27111234567 ; 011 123 4567
AU | mobile | +61412345678 | MOBILE
    +61412345678 ; 0412 345 678 ; +61 (0)412 345 678 ; 0011 61 412 345 678 ; 0061 412 345 678
AU | Sydney landline | +61291234567 | FIXED_LINE
    +61291234567 ; (02) 9123 4567
NZ | mobile | +64211234567 | MOBILE
    +64211234567 ; 021 123 4567
JP | mobile | +819012345678 | MOBILE
    +819012345678 ; 090-1234-5678
NG | mobile | +2348021234567 | MOBILE
    +2348021234567 ; 0802 123 4567
ID | mobile | +628123456789 | MOBILE
    +628123456789 ; 0812-345-6789 ; +62 0812 345 6789
CL | number | +56961234567 | FIXED_LINE_OR_MOBILE
    +56961234567 ; 9 6123 4567
BJ | mobile | +2290190011234 | MOBILE
    +2290190011234
`;

const SUBSCRIBERS: readonly Subscriber[] = TABLE.trim()
  .split(/\n(?=\w)/)
  .map((block) => {
    const [head = '', ...lines] = block.split('\n');
    const [country = '', who = '', matchKey = '', type = ''] = head.split('|').map((cell) => cell.trim());
    const written = lines
      .join(' ')
      .split(';')
      .map((cell) => cell.trim());
    return { country, who: `${country} ${who}`, matchKey, types: type.split(' or '), written };
  });

const CASES = SUBSCRIBERS.flatMap(({ written, ...subscriber }) => written.map((input) => ({ ...subscriber, input })));

const keyOf = (input: string, country?: string): string => {
  const parsed = parseTelephone(input, country);
  return parsed.ok ? parsed.matchKey : `refused: ${input} ${parsed.reason}`;
};
const e164Of = (input: string, country?: string) => {
  const parsed = parseTelephone(input, country);
  return parsed.ok ? parsed.e164 : parsed.reason;
};

describe('a telephone number has one match key, however it is written', () => {
  it('is tried on at least 200 numbers', () => expect(CASES.length).toBeGreaterThanOrEqual(200));

  it.each(CASES)('$who: $input', ({ input, country, matchKey, types }) => {
    expect(parseTelephone(input, country)).toMatchObject({ ok: true, matchKey, type: expect.toBeOneOf(types) });
  });

  it('needs no country for what is written with + or 00', () => {
    const international = CASES.filter(
      ({ input }) => /^\s*(?:\w+:)?\+|^00[1-9]/.test(input) && !/^00(?:1 213|11)/.test(input),
    );
    for (const { input, matchKey } of international) expect(keyOf(input)).toBe(matchKey);
    expect(international.length).toBeGreaterThan(100);
  });

  it('gives one key to two writings exactly when they are of one subscriber', () => {
    const owners = new Map<string, string>();
    const faults: string[] = [];
    for (const a of CASES) {
      const key = keyOf(a.input, a.country);
      const owner = owners.get(key) ?? a.who;
      if (owner !== a.who) faults.push(`${a.who} shares ${key} with ${owner}`);
      owners.set(key, owner);
    }
    expect(faults).toEqual([]);
    expect(owners.size).toBe(SUBSCRIBERS.length);
  });

  it('gives a key that reads as its own key, so that stored keys and numbers stay together', () => {
    for (const { matchKey } of SUBSCRIBERS) expect(keyOf(matchKey)).toBe(matchKey);
  });
});

const BR_AREAS =
  '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'.split(
    ' ',
  );

describe('Brazil', () => {
  it('matches eight digits from 6 to 9 with the same digits after a 9, in every area', () => {
    for (const area of BR_AREAS)
      for (const first of '6789') expect(keyOf(`+55${area}${first}1234567`)).toBe(keyOf(`+55${area}9${first}1234567`));
  });

  it('never matches a landline with the mobile of the same digits after a 9, in any area', () => {
    for (const area of BR_AREAS)
      for (const first of '2345') {
        expect(keyOf(`+55${area}${first}1234567`)).toBe(`+55${area}${first}1234567`);
        expect(keyOf(`+55${area}9${first}1234567`)).toBe(`+55${area}9${first}1234567`);
      }
  });

  it('sends to the nine digits that are dialled today', () => expect(e164Of('+551161234567')).toBe('+5511961234567'));
  it('refuses a legacy number of an area that does not exist', () =>
    expect(parseTelephone('+552061234567').ok).toBe(false));
});

describe('Mexico', () => {
  it('matches a number with and without 1 for every area that begins with 2 to 9', () => {
    let valid = 0;
    for (let area = 200; area < 1000; area++) {
      const [plain, withOne] = [parseTelephone(`+52${area}1234567`), parseTelephone(`+521${area}1234567`)];
      expect(withOne).toEqual(plain);
      valid += plain.ok ? 1 : 0;
    }
    expect(valid).toBeGreaterThan(300);
  });

  it('sends without the 1', () => expect(e164Of('whatsapp:+5215512345678')).toBe('+525512345678'));
  it('does not take the 1 of another country for it', () => expect(keyOf('+12133734253')).toBe('+12133734253'));
});

describe('Argentina', () => {
  const AREAS = ['11', '221', '223', '261', '341', '351', '381', '2966', '2954', '3755'];
  const numberOf = (area: string, first: string) => `${area}${first}${'12345678'.slice(0, 9 - area.length)}`;

  it('matches a mobile with 9, with 15, with both, and national with 0 and 15', () => {
    for (const area of AREAS) {
      const line = numberOf(area, '4').slice(area.length);
      const mobile = `+549${area}${line}`;
      expect(keyOf(mobile)).toBe(mobile);
      expect(keyOf(`+54${area}15${line}`)).toBe(mobile);
      expect(keyOf(`+549${area}15${line}`)).toBe(mobile);
      expect(keyOf(`0${area}15${line}`, 'AR')).toBe(mobile);
      expect(keyOf(`0${area}15${line}`, 'NL')).not.toBe(mobile);
    }
  });

  it('never matches a landline, which begins with 4, with the mobile of the same digits', () => {
    for (const area of AREAS) {
      const number = numberOf(area, '4');
      expect(keyOf(`+54${number}`)).toBe(`+54${number}`);
      expect(keyOf(`+549${number}`)).toBe(`+549${number}`);
    }
  });

  it('matches what cannot be told from a mobile with the mobile, and does not call it a landline', () => {
    for (const first of '235678') {
      const parsed = parseTelephone(`+5411${first}1234567`);
      expect(parsed).toMatchObject({ matchKey: keyOf(`+54911${first}1234567`), type: EITHER });
      expect(e164Of(`+5411${first}1234567`)).toBe(`+5411${first}1234567`);
    }
  });

  it('reads an area of three or four digits with care: either reading as a landline keeps it apart', () => {
    expect(keyOf('+543454612345')).toBe('+543454612345');
    expect(keyOf('+543456412345')).toBe('+543456412345');
    expect(keyOf('+543456612345')).toBe('+5493456612345');
  });
});

const VALID = 'is not a valid telephone number; write it with country code, like +31646280994';
const EXTENSION = /has an extension/;
const CHARACTERS = /characters that are not part of a telephone number/;
const NO_COUNTRY = /has no country code, and there is no country/;

describe('what is not a telephone number is refused with a reason that says what to do', () => {
  it.each<[string, string | undefined, string | RegExp]>([
    ['', 'NL', /is empty/],
    ['   ', 'NL', /is empty/],
    ['+', 'NL', CHARACTERS],
    ['+15550001111', undefined, VALID],
    ['+31990000000', undefined, VALID],
    ['+316462809941', undefined, VALID],
    ['+3164628', undefined, VALID],
    ['+31112', undefined, VALID],
    ['112', 'NL', VALID],
    ['911', 'US', VALID],
    ['96123-4567', 'BR', VALID],
    ['15 2345-6789', 'AR', VALID],
    ['+5491191234567890', undefined, VALID],
    ['+39 6 69812345', undefined, VALID],
    ['+999123456', undefined, VALID],
    ['+0031646280994', undefined, VALID],
    ['000031646280994', 'NL', VALID],
    ['+31646280994 ext 5', undefined, EXTENSION],
    ['+31646280994x5', undefined, EXTENSION],
    ['+31646280994#5', undefined, EXTENSION],
    ['+31646280994,,5', undefined, EXTENSION],
    ['tel:+31646280994;ext=5', undefined, EXTENSION],
    ['1-800-FLOWERS', 'US', CHARACTERS],
    ['call +31646280994', undefined, CHARACTERS],
    ['+31646280994 or so', undefined, CHARACTERS],
    ['+31+646280994', undefined, CHARACTERS],
    ['++31646280994', undefined, CHARACTERS],
    ['+31646280994\r\nBcc: x', undefined, CHARACTERS],
    ['+316462\n80994', undefined, CHARACTERS],
    ['john@example.com', undefined, CHARACTERS],
    ['0646280994', undefined, NO_COUNTRY],
    ['0646280994', '', NO_COUNTRY],
    ['0646280994', 'XX', NO_COUNTRY],
    ['0646280994', '__proto__', NO_COUNTRY],
    ['31646280994', undefined, NO_COUNTRY],
    ['+31646280994'.padEnd(65), 'NL', /is too long/],
  ])('%.40j in %s', (input, country, reason) => {
    expect(parseTelephone(input, country)).toEqual({
      ok: false,
      reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason,
    });
  });

  it('is refused by length before anything else is done with it', () =>
    expect(e164Of('9'.repeat(1_000_000), 'NL')).toMatch(/is too long/));

  it('never throws, whatever it is given', () => {
    for (const input of [undefined, null, 0, {}, [], '\ud800', '+\u0000', '()', '-', '०१२३', `+${'1'.repeat(63)}`]) {
      for (const country of [undefined, null, 5, 'nl', 'BR'])
        expect(() => parseTelephone(input as string, country as string)).not.toThrow();
    }
  });

  it('takes no notice of what surrounds the number', () => expect(keyOf('  +31646280994 \n')).toBe('+31646280994'));
  it('reads the country in any case', () => expect(keyOf('0646280994', 'nl')).toBe('+31646280994'));
  it('does not repeat the number in the reason', () => expect(e164Of('+15550001111')).not.toContain('1555'));
  it('tells the country and the type', () =>
    expect(parseTelephone('+31201234567')).toMatchObject({ country: 'NL', type: 'FIXED_LINE', e164: '+31201234567' }));
});
