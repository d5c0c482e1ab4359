import { describe, expect, it } from 'vitest';
import { consentIn } from '../../shared/domain/consent-words.ts';

describe('what a message says of consent', () => {
  it.each([
    'STOP',
    'stop',
    ' Stop ',
    'Stop.',
    'STOP!',
    'stop!!',
    'Stop !',
    'stopall',
    'STOP ALL',
    'stop  all',
    'unsubscribe',
    'Cancel',
    'end',
    'QUIT',
    'revoke',
    'optout',
    'opt out',
    'opt-out',
    'ARRET',
    'arrêt',
    'ARRÊT !',
    'remove',
    'TD',
    '\nstop\n',
  ])('%j ends it', (text) => expect(consentIn(text)).toBe('stop'));

  it.each(['START', 'start', 'Unstop', ' start. '])('%j renews it', (text) => expect(consentIn(text)).toBe('start'));

  it.each([
    'Please stop by tomorrow',
    'stop it',
    'the end',
    'cancel my appointment',
    'don’t stop',
    'starting',
    'yes',
    'no',
    '',
    '!',
    'stopp',
    'st op',
    'td garden',
  ])('%j says nothing of it', (text) => expect(consentIn(text)).toBeUndefined());
});
