/** Meta's Graph API, and the version of it that this code was written against. */
export const GRAPH_URL = 'https://graph.facebook.com';
export const API_VERSION = 'v23.0';
