import type { Touchpoint } from '../../domain/touchpoint.ts';
import { emailContent } from './email.ts';
import { smsContent } from './sms.ts';
import { whatsappContent } from './whatsapp.ts';
import type { Writer } from './writer.ts';

/** How each touchpoint writes what it carries. */
export const CONTENT_OF: Readonly<Record<Touchpoint, Writer>> = {
  email: emailContent,
  sms: smsContent,
  whatsapp: whatsappContent,
};
