import type { Touchpoint } from './touchpoint.ts';

/** What each type of service can carry. What a service does carry depends on its `params` too. */
export const SERVICE_TOUCHPOINTS = {
  ses: ['email'],
  twilio: ['sms', 'whatsapp'],
  whatsapp: ['whatsapp'],
  'aws-sms': ['sms'],
  'aws-social': ['whatsapp'],
  sunshine: ['sms', 'whatsapp'],
} as const satisfies Record<string, readonly Touchpoint[]>;
export type ServiceType = keyof typeof SERVICE_TOUCHPOINTS;

/** The types of service that can carry a touchpoint. */
export type CarrierOf<T extends Touchpoint> = {
  [S in ServiceType]: T extends (typeof SERVICE_TOUCHPOINTS)[S][number] ? S : never;
}[ServiceType];

/** Carried where one of `with` is set, or, if there is a `without`, where that is not set. */
interface Condition {
  readonly with: readonly string[];
  readonly without?: string;
}

/** The `params` on which it depends what a service carries; a touchpoint that is not here is always carried. */
const CONDITIONS: Readonly<Partial<Record<ServiceType, Readonly<Partial<Record<Touchpoint, Condition>>>>>> = {
  twilio: {
    sms: { with: ['from', 'messagingServiceSid'], without: 'whatsappFrom' },
    whatsapp: { with: ['whatsappFrom'] },
  },
  sunshine: {
    sms: { with: ['smsIntegration'] },
    whatsapp: { with: ['whatsappIntegration'] },
  },
};

interface CarryingService {
  readonly id: string;
  readonly type: ServiceType;
  readonly status: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** The touchpoints that a service carries while it is active. */
export const touchpointsOf = ({ type, params }: Pick<CarryingService, 'type' | 'params'>): Touchpoint[] =>
  SERVICE_TOUCHPOINTS[type].filter((touchpoint) => {
    const condition = CONDITIONS[type]?.[touchpoint];
    if (!condition) return true;
    const isWithout = condition.without !== undefined && !params[condition.without];
    return isWithout || condition.with.some((name) => params[name]);
  });

/** Ids of the active services, by the touchpoint they carry. */
export const servicesByTouchpoint = (services: readonly CarryingService[]): Partial<Record<Touchpoint, string[]>> => {
  const byTouchpoint: Partial<Record<Touchpoint, string[]>> = {};
  for (const service of services.filter(({ status }) => status === 'active')) {
    for (const touchpoint of touchpointsOf(service)) {
      byTouchpoint[touchpoint] = [...(byTouchpoint[touchpoint] ?? []), service.id];
    }
  }
  return byTouchpoint;
};

/** The service to send by: the one chosen for the conversation while it is active, else any that carries the touchpoint. */
export const serviceFor = <S extends CarryingService>(
  services: readonly S[],
  touchpoint: Touchpoint,
  chosen: readonly string[] = [],
): S | undefined => {
  const able = services.filter(
    (service) => service.status === 'active' && touchpointsOf(service).some((carried) => carried === touchpoint),
  );
  return able.find((service) => chosen.includes(service.id)) ?? able[0];
};
