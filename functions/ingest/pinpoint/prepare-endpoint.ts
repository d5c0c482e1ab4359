import { type Start, withoutMessages } from '../../../shared/acceptance/describe-start.ts';
import { refusedFor } from '../../../shared/acceptance/outcome.ts';
import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import { ProfileRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { type Identity, identityOf } from '../../../shared/store/identities.ts';
import { onceFor } from '../once-for.ts';
import type { IngestParts } from '../parts.ts';
import type { EndpointOutcome, PrepareRow, Upload } from '../prepared-row.ts';
import { type DescribedEndpoint, describeEndpoint } from './describe-endpoint.ts';
import { describePerson, type EndpointPerson } from './describe-person.ts';
import { type Endpoint, readEndpoint } from './endpoint.ts';
import { importContact } from './import-contact.ts';
import { keepOptOut } from './keep-opt-out.ts';

/**
 * A row that is an endpoint of an Amazon Pinpoint project. What its address opted out of is stored first, so that nobody
 * is found by it who may still be written to; then its contact. User ids are those of their project.
 */
export const prepareEndpoint =
  (project: string): PrepareRow =>
  async (parts, upload, row) => {
    const { endpoint, leftOut } = readEndpoint(row.json());
    const described = describeEndpoint(endpoint);
    const person = describePerson(endpoint);
    const lacking = [...leftOut, ...person.leftOut];
    const name = `row ${upload.digest} ${row.number}`;
    const start = await startFor(parts, upload, { project, endpoint, described, person, name });
    return {
      about: start.person.identities.map(({ key }) => key.pk),
      async carryOut() {
        const optedOut = await keepOptOut(parts, described, {
          organization: start.request.organization,
          user: upload.caller.user,
          endpoint: JSON.stringify([project, endpoint.Id ?? described.address.matchKey]),
          row: name,
        });
        const outcome = described.isActive ? await importContact(parts, start) : inactive(parts);
        return {
          ...outcome,
          ...(optedOut.length > 0 && { optedOut }),
          ...(described.isActive && lacking.length > 0 && { leftOut: lacking }),
        };
      },
    };
  };

interface Looked {
  readonly project: string;
  readonly endpoint: Endpoint;
  readonly described: DescribedEndpoint;
  readonly person: EndpointPerson;
  /** Of the row. */
  readonly name: string;
}

async function startFor(parts: IngestParts, { caller }: Upload, looked: Looked): Promise<Start> {
  const { endpoint, described, person, name } = looked;
  const configuration = await reachableOrganization(parts, caller, caller.organization);
  const organization = configuration.organization.id;
  const profile = { ...person.profile, [described.address.kind]: described.address.address };
  return {
    caller,
    request: withoutMessages(organization, ProfileRequestSchema.parse(profile)),
    configuration,
    person: { profile, identities: identitiesOf(await parts.pepper(), organization, looked) },
    once: onceFor(organization, name, endpoint),
    ...(Object.keys(person.meta).length > 0 && { contactMeta: person.meta }),
  };
}

function identitiesOf(pepper: string, organization: string, { project, endpoint, described }: Looked): Identity[] {
  const { kind, matchKey } = described.address;
  const user = endpoint.User.UserId;
  return [
    identityOf(pepper, organization, kind, matchKey),
    ...(user === undefined ? [] : [identityOf(pepper, organization, 'pinpointUser', JSON.stringify([project, user]))]),
  ];
}

const inactive = ({ observe }: IngestParts): EndpointOutcome => {
  const { error } = refusedFor(invalid('EndpointStatus', 'is not ACTIVE: Pinpoint sent nothing to it'), observe);
  return { status: 'refused', ...(error && { error }) };
};
