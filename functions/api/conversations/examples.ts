/** The requests of the reference page "Business Initiated Conversations", and its answer as Overture gives it. */

const john = { name: 'John Johnson', telephone: '+31646280994' };

export const APPEND_EXAMPLE = {
  id: '66c3ed372a33131f1b4ba1b8',
  messages: [{ text: 'Hey there!', touchpoint: 'email', role: 'agent' }],
} as const;

export const START_EXAMPLES: Readonly<Record<string, unknown>> = {
  'By email': {
    organization: '6663a1f684ba342816c4b7c4',
    type: 'contact',
    contact: { profile: { name: 'John Johnson', email: 'johnjohn@example.com' } },
    messages: [{ text: 'Hey there!', touchpoint: 'email', role: 'agent' }],
  },
  'By id': APPEND_EXAMPLE,
  'By SMS': {
    organization: 'aaa111111111111111111222',
    type: 'contact',
    contact: { profile: john },
    messages: [
      { text: 'Hey there.', touchpoint: 'sms', role: 'agent' },
      { text: 'How are you?', role: 'agent' },
      { text: '/leave', type: 'command', delay: 3000 },
    ],
  },
  'By WhatsApp': {
    organization: '5bad2f12e91d2c331be33364',
    type: 'contact',
    contact: { profile: john },
    messages: [
      {
        role: 'agent',
        text: 'Your car is ready to be picked up!',
        touchpoint: 'whatsapp',
        meta: { template: 'your_car_is_ready', language: 'nl' },
      },
    ],
  },
  'Among users': { name: 'Shift of today', messages: [{ text: 'Who takes the garage?' }] },
};

export const STARTED_EXAMPLE = {
  id: '5bb01d0dd99faf11a3f4a36c',
  organization: 'aaa111111111111111111222',
  orgPath: 'aaa111111111111111111111#aaa111111111111111111222',
  name: 'John Johnson',
  type: 'contact',
  slug: 'HJIGT96F7',
  url: 'https://app.web1on1.chat/c/HJIGT96F7',
  status: 'queued',
  contact: '5bb01d0dd99faf11a3f4a36d',
  participants: [
    {
      user: 'aaa000000000000000000111',
      organization: 'aaa111111111111111111222',
      name: 'testbot',
      avatar: 'https://storage.googleapis.com/cs2-uploads/avatars/ca6e1762-988e-4cbc-becb-ad952b6df9a4.png',
      role: 'agent',
      active: false,
      accepted: false,
      inbox: false,
      follow: false,
      unreadCount: 0,
      createdAt: '2018-09-30T00:47:09.868Z',
      updatedAt: '2018-09-30T00:47:09.868Z',
    },
  ],
  messages: ['5bb01d0dd99faf11a3f4a36e', '5bb01d0dd99faf11a3f4a36f', '5bb01d0fd99faf11a3f4a374'],
  channels: [],
  channelsOffline: [],
  touchpoint: 'sms',
  touchpoints: { sms: { services: ['5b6f8a73623a375f28a5380c'], selected: true } },
  forms: [],
  results: [],
  createdBy: 'aaa000000000000000000111',
  createdAt: '2018-09-30T00:47:09.787Z',
  updatedAt: '2018-09-30T00:47:09.787Z',
};
