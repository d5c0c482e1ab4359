import { json, type Reply } from './port.ts';

/** HTTP status where it is not 400, and Twilio's words where this double says them by itself. */
const ERRORS: Readonly<Record<number, { status?: number; message: string }>> = {
  20001: { message: 'Bad request' },
  20003: { status: 401, message: 'Authenticate' },
  20004: { status: 405, message: 'Method not allowed' },
  20404: { status: 404, message: 'The requested resource was not found' },
  20429: { status: 429, message: 'Too Many Requests' },
  20500: { status: 500, message: 'Internal Server Error' },
  20503: { status: 503, message: 'Service Unavailable' },
  21211: { message: "Invalid 'To' Phone Number" },
  21212: { message: "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID." },
  21408: { message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number." },
  21602: { message: 'Message body is required.' },
  21603: { message: "A 'From' phone number is required." },
  21604: { message: "A 'To' phone number is required." },
  21606: { message: "The 'From' phone number provided is not a valid message-capable Twilio phone number." },
  21609: { message: "The 'StatusCallback' URL is not a valid URL." },
  21610: { message: 'Attempt to send to unsubscribed recipient' },
  21611: { message: "This 'From' number has exceeded the maximum number of queued messages" },
  21612: { message: "The message cannot be sent with the current combination of 'To' and 'From' parameters." },
  21614: { message: "'To' number is not a valid mobile number" },
  21655: { message: 'The ContentSid is Invalid' },
  21910: { message: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel" },
  21617: { message: 'The concatenated message body exceeds the 1600 character limit' },
  30003: { message: 'Unreachable destination handset' },
  30005: { message: 'Unknown destination handset' },
  30006: { message: 'Landline or unreachable carrier' },
  30007: { message: 'Message filtered' },
  30008: { message: 'Unknown error' },
  63007: { message: 'Twilio could not find a Channel with the specified From address' },
  63016: { message: 'Failed to send freeform message because you are outside the allowed window.' },
  63027: { message: 'Template does not exist for a language and locale' },
};

/** The published test numbers: writing to one of these is refused with its code. */
export const MAGIC_TO: Readonly<Record<string, number>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};

/** The same for the sender; 0 stands for the number that works. */
export const MAGIC_FROM: Readonly<Record<string, number>> = {
  '+15005550001': 21212,
  '+15005550006': 0,
  '+15005550007': 21606,
  '+15005550008': 21611,
};

const twilioErrorMessage = (code: number): string => ERRORS[code]?.message ?? `Error ${code}`;

export function twilioError(code: number, detail?: string): Reply {
  const status = ERRORS[code]?.status ?? 400;
  const message = detail ? `${twilioErrorMessage(code)}: ${detail}` : twilioErrorMessage(code);
  return json(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}
