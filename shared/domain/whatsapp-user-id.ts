/**
 * Meta's name for a person towards one business (business-scoped user id), by which one who does not show a telephone
 * number is known and reached: their country and up to 128 letters and digits. Ids of linked businesses (`US.ENT.…`)
 * are not among them.
 */
const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;

export const isWhatsappUserId = (value: string): boolean => USER_ID.test(value);
