/** Free text is allowed for this long after the contact's last WhatsApp message (Meta's customer service window). */
export const WHATSAPP_WINDOW_MS = 24 * 3600_000;
