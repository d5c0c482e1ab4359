import { describe, expect, it } from 'vitest';
import type { ParticipantRole } from '../../shared/domain/conversation.ts';
import { roleIn } from '../../shared/domain/roles.ts';

type Membership = readonly [orgPath: string, role: ParticipantRole];
const member = (...memberships: readonly Membership[]) => ({
  organizations: memberships.map(([orgPath, role]) => ({
    organization: orgPath.split('#').at(-1) ?? '',
    orgPath,
    role,
  })),
});

describe('the role of a user in an organization', () => {
  it.each<[string, Membership[], string, ParticipantRole]>([
    ['that of the membership there', [['root#shop', 'bot']], 'root#shop', 'bot'],
    ['that of the membership above it', [['root', 'admin']], 'root#shop#leaf', 'admin'],
    [
      'that of the nearest membership',
      [
        ['root', 'admin'],
        ['root#shop', 'guest'],
      ],
      'root#shop#leaf',
      'guest',
    ],
    [
      'that of the nearest one in any order',
      [
        ['root#shop', 'guest'],
        ['root', 'admin'],
      ],
      'root#shop',
      'guest',
    ],
    ['agent, when the membership is beside it', [['root#shop', 'admin']], 'root#garage', 'agent'],
    ['agent, when the membership is below it', [['root#shop', 'admin']], 'root', 'agent'],
    ['agent, when only the letters begin the same', [['root#shop', 'admin']], 'root#shopping', 'agent'],
    ['agent, without a membership', [], 'root', 'agent'],
  ])('is %s', (_which, memberships, orgPath, role) => expect(roleIn(member(...memberships), orgPath)).toBe(role));

  it('is agent for somebody unknown', () => expect(roleIn(undefined, 'root')).toBe('agent'));

  it('goes by the organization itself where a membership has no path', () =>
    expect(roleIn({ organizations: [{ organization: 'root', role: 'bot' }] }, 'root#shop')).toBe('bot'));
});
