import {
  type CountryCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

export type ParsedTelephone =
  | {
      readonly ok: true;
      /** What we send to: the number as it is dialled today. */
      readonly e164: string;
      /** One string for all ways in which one subscriber is written; what identity keys are made of. */
      readonly matchKey: string;
      readonly country?: string;
      /** libphonenumber's type; `FIXED_LINE` only where the number cannot be a mobile. */
      readonly type?: string;
    }
  | { readonly ok: false; readonly reason: string };

interface Renumbering {
  readonly callingCode: string;
  readonly written: RegExp;
  readonly today: string;
}

/**
 * Forms that a country no longer dials, by pattern of the national number: never by the validity of a metadata
 * release, which calls some of them valid (BR trunking, GA) and may change its mind, while keys cannot be migrated.
 * BR: Anatel's ninth digit (2012-2016) for 6-9; 2-5 are landlines. MX: 1, 01, 044, 045 ended on 2019-08-03.
 * AR: 15 after the area code and 9 before it mean the same (WhatsApp FAQ, ENACOM); length alone finds the 15.
 * GA: a digit put in by ARCEP in 2019 (02, 05, 06 → 62, 65, 66; 04, 07 → 74, 77; 01 → 11).
 */
const RENUMBERINGS: readonly Renumbering[] = [
  { callingCode: '55', written: /^(?<area>[1-9]{2})(?<line>[6-9]\d{7})$/, today: '$<area>9$<line>' },
  { callingCode: '52', written: /^(?:1|01|04[45])(?<number>[2-9]\d{9})$/, today: '$<number>' },
  {
    callingCode: '54',
    written: /^9?0?(?:(11)15(\d{8})|([23]\d{2})15(\d{7})|([23]\d{3})15(\d{6}))$/,
    today: '9$1$2$3$4$5$6',
  },
  { callingCode: '54', written: /^90(?<number>(?:11|[23]\d)\d{8})$/, today: '9$<number>' },
  { callingCode: '241', written: /^0?(?<number>[256]\d{6})$/, today: '6$<number>' },
  { callingCode: '241', written: /^0?(?<number>[47]\d{6})$/, today: '7$<number>' },
  { callingCode: '241', written: /^0?(?<number>1\d{6})$/, today: '1$<number>' },
];

const codes = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * Argentina's area codes of three digits, and those of four that begin like one of them (taken from
 * libphonenumber's metadata); frozen with the keys.
 */
const AR_AREAS_OF_THREE = codes(`
  220 221 223 230 236 237 249 260 261 263 264 266 280 291 294 297 298 299 336 341 342 343 345 348 351 353 358 362
  364 370 376 379 380 381 383 385 387 388`);
const AR_AREAS_OF_FOUR_WITHIN = codes(`
  2202 2302 2646 2647 2648 2940 2942 2945 2946 2948 2972 2982 2983 3435 3436 3437 3438 3454 3455 3456 3458 3482 3483
  3487 3489 3532 3533 3537 3582 3583 3584 3585 3832 3835 3837 3838 3854 3855 3856 3857 3858 3873 3876 3877 3878 3885
  3886 3887 3888`);

const isArgentineArea = (digits: string): boolean =>
  digits.length === 2
    ? digits === '11'
    : digits.length === 3
      ? AR_AREAS_OF_THREE.has(digits)
      : /^[23]/.test(digits) && (!AR_AREAS_OF_THREE.has(digits.slice(0, 3)) || AR_AREAS_OF_FOUR_WITHIN.has(digits));

/**
 * Whether an Argentine number without 9 is keyed as the mobile of the same digits. Metadata cannot say: it allows
 * every block with and without 9. The 4 that all landlines of 1999 got before their number says landline, so these
 * stay apart; the price is a mobile in a block of 4 that is written without 9. Other landlines share the key of a
 * mobile that does not exist: the ten digits are one line in the national plan, 9 and 15 say only who pays.
 */
function isArgentineMobileWithout9(national: string): boolean {
  if (!/^(?:11|[23]\d)\d{8}$/.test(national)) return false;
  const areas = [2, 3, 4].map((length) => national.slice(0, length)).filter(isArgentineArea);
  return areas.every((area) => national[area.length] !== '4');
}

function renumbered(number: PhoneNumber): PhoneNumber | undefined {
  const rule = RENUMBERINGS.find(
    ({ callingCode, written }) => callingCode === number.countryCallingCode && written.test(number.nationalNumber),
  );
  if (!rule) return number;
  const today = number.nationalNumber.replace(rule.written, rule.today);
  return parsePhoneNumberFromString(`+${rule.callingCode}${today}`, { extract: false });
}

function readAs(text: string, country?: CountryCode): PhoneNumber | undefined {
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: country, extract: false });
  const number = parsed && renumbered(parsed);
  return number?.isValid() ? number : undefined;
}

/** `00` is read as `+` before the country's own prefix: in Brazil 0055 is also a carrier, and 49 an area and Germany. */
function read(digits: string, country?: CountryCode): PhoneNumber | undefined {
  if (digits.startsWith('+')) return readAs(digits);
  const international = digits.startsWith('00') ? readAs(`+${digits.slice(2)}`) : undefined;
  return international ?? (country && readAs(digits, country));
}

const EXAMPLE = 'like +31646280994';
const MAX_INPUT_LENGTH = 64;
const refuse = (reason: string): ParsedTelephone => ({ ok: false, reason });

function accept(number: PhoneNumber): ParsedTelephone {
  const { nationalNumber, countryCallingCode, country } = number;
  const withoutNine = countryCallingCode === '54' && isArgentineMobileWithout9(nationalNumber);
  return {
    ok: true,
    e164: number.number,
    matchKey: withoutNine ? `+549${nationalNumber}` : number.number,
    country,
    type: withoutNine ? 'FIXED_LINE_OR_MOBILE' : number.getType(),
  };
}

/**
 * Reads a person's telephone number (contract, section 12, normalisation). Accepted is what libphonenumber's max
 * metadata calls a valid number of any type: with `+` or `00` and country code, or national when `country`
 * (ISO 3166-1 alpha-2) is given; spaces, dots, dashes, slashes, brackets, `(0)` and the prefixes `whatsapp:`,
 * `tel:`, `sms:` are left out. Not accepted: extensions, letters, short codes, and numbers that only look possible,
 * such as +15550001111. Forms that a country has given up come back as today's number.
 *
 * Never throws: `reason` completes a sentence that begins with the name of the field.
 */
export function parseTelephone(input: string, country?: string): ParsedTelephone {
  if (typeof input !== 'string' || input.trim() === '')
    return refuse(`is empty; write it with country code, ${EXAMPLE}`);
  if (input.length > MAX_INPUT_LENGTH)
    return refuse(`is too long for a telephone number; write only the number, ${EXAMPLE}`);
  const text = input
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^(?:whatsapp|tel|sms):/i, '');
  if (/\d\s*(?:;?\s*ext|x|#|,|;)/i.test(text))
    return refuse(`has an extension, which gets no messages; leave it out, ${EXAMPLE}`);
  const digits = text.replace(/[\p{Zs}\t().\p{Pd}−/]/gu, '');
  if (!/^\+?\p{Nd}+$/u.test(digits))
    return refuse(`has characters that are not part of a telephone number; write it ${EXAMPLE}`);
  const upper = typeof country === 'string' ? country.toUpperCase() : '';
  const known = isSupportedCountry(upper) ? upper : undefined;
  const number = read(digits, known);
  if (number) return accept(number);
  if (!known && !/^(?:\+|00)/.test(digits)) {
    return refuse(`has no country code, and there is no country to read it by; write it ${EXAMPLE}`);
  }
  return refuse(`is not a valid telephone number; write it with country code, ${EXAMPLE}`);
}

/** Whether national numbers can be read by it; ISO 3166-1 alpha-2 in capitals. */
export const isCountry = (code: string): boolean => isSupportedCountry(code);

/** A number that takes no SMS. */
export const isLandline = (telephone: string | undefined): boolean => {
  if (telephone === undefined) return false;
  const parsed = parseTelephone(telephone);
  return parsed.ok && parsed.type === 'FIXED_LINE';
};
